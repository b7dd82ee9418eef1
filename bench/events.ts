import { setTimeout as pause } from 'node:timers/promises';
import 'reflect-metadata';
import { entryGranted } from '@parley/dto';
import { Handlers } from '@parley/event-bus';
import { type Database, prepared } from '@parley/persistence';
// eslint-disable-next-line parley/boundaries -- the effect that is measured is the service's own
import { RecordsConsumer } from '../apps/call-service/src/records/records.consumer.js';
// eslint-disable-next-line parley/boundaries -- the same
import { RecordsRepository } from '../apps/call-service/src/records/records.repository.js';
// eslint-disable-next-line parley/boundaries -- the same
import { UsageLedger } from '../apps/call-service/src/usage/usage-ledger.js';
import { fillLedger, makeBed, tell } from './events.bed.js';
import { RawClient } from './events.raw.js';
import { figuresOf, median, row } from './figures.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 20_000);
/** Events a second, for the latencies. */
const RATE = Number(process.env['BENCH_RATE'] ?? 200);
/** As many as the relay has under way, and as many as a consumer has. */
const IN_FLIGHT = 256;
const STREAM = 'EVT_SESSION';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const insertSeen = prepared('bench effect', 'insert into seen values ($1)');
type Effect = (...told: Parameters<RecordsConsumer['join']>) => void;
const records = new RecordsConsumer(new RecordsRepository(), new UsageLedger());
const effects: Record<string, Effect> = {
  'one insert': (_data, tx, event) => tx.send(insertSeen, [event.id]),
  'call records': (data, tx, event) => records.join(data, tx, event),
};

/** The whole ledger into a new stream; from the start of the process's bus on. Milliseconds. */
async function relay(): Promise<number> {
  await raw.dropStream(STREAM);
  await bed.session.query("update relay set high = 0, holes = '[]', stream_created = null, stream_last_seq = 0");
  const started = performance.now();
  const { db } = await bed.bus('session', new Handlers());
  while ((await raw.stored(STREAM)) < EVENTS) await pause(10);
  const took = performance.now() - started;
  await db.close();
  return took;
}

/** The whole stream through a new durable, each event in the inbox and its effect committed; from the start of the bus on. */
async function consume(effect: Effect): Promise<number> {
  await bed.call.query('truncate inbox, consumer_place, seen, call_record, participation, usage_entry');
  await raw.jsm.consumers.delete(STREAM, 'call__session').catch(() => undefined);
  let done: () => void;
  const all = new Promise<void>((resolve) => (done = resolve));
  let committed = 0;
  const handlers = new Handlers().add(entryGranted, (data, tx, event) => {
    effect(data, tx, event);
    tx.afterCommit(() => ++committed === EVENTS && done());
  });
  const started = performance.now();
  const { db } = await bed.bus('call', handlers, ['session']);
  await all;
  const took = performance.now() - started;
  await db.close();
  return took;
}

async function compare(name: string, ours: () => Promise<number>, theirs: () => Promise<number>): Promise<void> {
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const [took, limit] = [await ours(), await theirs()];
    say(`${name.padEnd(28)} ${((EVENTS / took) * 1000).toFixed(0).padStart(7)}/s   raw client ${((EVENTS / limit) * 1000).toFixed(0).padStart(7)}/s   ratio ${(limit / took).toFixed(2)}`);
    ratios.push(limit / took);
  }
  say(`ratio, ${name}: median ${median(ratios).toFixed(2)}, ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}\n`);
}

/** From when the writer knows of its commit to when the consumer knows of its own, at an even rate. */
async function latencies(effect: Effect): Promise<number[]> {
  const told = new Map<string, number>();
  const found: number[] = [];
  const handlers = new Handlers().add(entryGranted, (data, tx, event) => {
    effect(data, tx, event);
    tx.afterCommit(() => found.push(performance.now() - (told.get(data.entryId) ?? NaN)));
  });
  const [teller, listener] = [await bed.bus('session', new Handlers()), await bed.bus('call', handlers, ['session'])];
  await tellAtRate(teller.db, told, RATE);
  found.length = 0; // warm by now
  await tellAtRate(teller.db, told, RATE * SECONDS);
  while (found.length < RATE * SECONDS) await pause(50);
  await Promise.all([teller.db.close(), listener.db.close()]);
  return found;
}

async function tellAtRate(db: Database, told: Map<string, number>, count: number): Promise<void> {
  const started = performance.now();
  const writes: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    const early = started + (n * 1000) / RATE - performance.now();
    if (early > 0) await pause(early);
    writes.push(tell(db, 1, (entryId) => void told.set(entryId, performance.now())));
  }
  await Promise.all(writes);
}

const bed = await makeBed();
const raw = await RawClient.open(bed.natsUrl);
try {
  const events = await fillLedger(bed.session, EVENTS);
  say(`${EVENTS} events of ${JSON.stringify(events[0]).length} bytes, ${IN_FLIGHT} in flight`);
  const publish = async (): Promise<number> => {
    await raw.makeStreamLike(STREAM);
    return raw.publish(events, IN_FLIGHT);
  };
  await relay(); // warm-up, and the stream for the raw one to be like
  await publish();
  await compare('relay', relay, publish);
  for (const [name, effect] of Object.entries(effects)) await compare(`consumer, ${name}`, () => consume(effect), () => raw.consume(EVENTS, IN_FLIGHT));
  for (const [name, effect] of Object.entries(effects)) say(row(`commit to effect, ${name}`, figuresOf(await latencies(effect), SECONDS, 0)));
} finally {
  await raw.close();
  await bed.stop();
}
