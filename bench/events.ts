import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { entryGranted, type Owner, streamOf } from '@parley/dto';
import { Handlers } from '@parley/event-bus';
import { type Database, prepared } from '@parley/persistence';
// eslint-disable-next-line parley/boundaries -- who hears whom is told there alone
import { services } from '../tools/stack/services.js';
import { fillLedger, forgetEffects, makeBed, placeCalls, resetRelay } from './events.bed.js';
import { RawClient } from './events.raw.js';
import { type Listener, listenerOf, type RunningService } from './events.services.js';
import { entered, session, sessionOfCall, stories, type Story } from './events.stories.js';
import { figuresOf, median, row } from './figures.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 20_000);
/** Events a second, for the latencies. */
const RATE = Number(process.env['BENCH_RATE'] ?? 200);
/** As many as the relay has under way, and as many as a consumer has. */
const IN_FLIGHT = 256;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** One durable with a backlog of what it hears. */
interface Consumer {
  label: string;
  name: Owner;
  from: Owner;
  story: () => Story;
  listener: Listener;
  /** Before each time. */
  prepare?: () => Promise<unknown>;
}

/** A row for each durable that there is; one for what the bus costs with the least of effects, one for sessions that are calls. */
function consumersOf(running: Readonly<Record<string, RunningService>>): Consumer[] {
  const ofService = (name: Owner, from: Owner): Consumer => {
    const label = `${name}__${from}`;
    return { label, name, from, story: known(stories[label], label), listener: known(running[name], name) };
  };
  const callSession = ofService('call', 'session');
  return [
    { ...callSession, label: 'one insert', listener: insertOf(callSession) },
    ...services.flatMap(({ database, consumes }) => (database ? consumes.map((from) => ofService(database, from)) : [])),
    { ...callSession, label: 'call__session, of calls', story: sessionOfCall, prepare: () => placeCalls(bed.databases.call) },
  ];
}

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`the benchmark knows nothing of ${name}`);
  return found;
}

/** The least that an effect can be, for the same events. */
function insertOf({ from, listener }: Consumer): Listener {
  const insertSeen = prepared('bench effect', 'insert into seen values ($1)');
  const handlers = new Handlers();
  const contracts = listener.handlers.contracts().filter(({ owner }) => owner === from);
  for (const contract of contracts) handlers.add(contract, (_data, tx, event) => tx.send(insertSeen, [event.id]));
  return listenerOf(handlers);
}

/** The whole ledger into a new stream; from the start of the process's bus on. Milliseconds. */
async function relay(owner: Owner, count: number): Promise<number> {
  await raw.dropStream(streamOf(owner));
  await resetRelay(bed.databases[owner]);
  const started = performance.now();
  const db = await bed.relay(owner);
  while ((await raw.stored(streamOf(owner))) < count) await pause(10);
  const took = performance.now() - started;
  await db.close();
  return took;
}

/** The whole stream through a new durable, each event in the inbox and its effect committed; from the start of the bus on. */
async function drain({ label, name, from, listener, prepare }: Consumer, count: number): Promise<number> {
  await forgetEffects(bed.databases[name], name);
  await raw.dropDurable(streamOf(from), `${name}__${from}`);
  await prepare?.();
  let committed = 0;
  listener.onEffect = () => void committed++;
  const started = performance.now();
  const db = await bed.listen(name, from, listener.handlers);
  while (committed < count && bed.complaints.length === 0) await pause(5);
  const took = performance.now() - started;
  await db.close();
  if (committed !== count || bed.complaints.length > 0) throw new Error(`${label}: ${committed} of ${count} events took effect; ${bed.complaints[0]}`);
  return took;
}

interface Backlog {
  count: number;
  /** Each, on average. */
  bytes: number;
}

interface Sides {
  ours: () => Promise<number>;
  theirs: () => Promise<number>;
}

async function compare(name: string, { count, bytes }: Backlog, { ours, theirs }: Sides): Promise<void> {
  const ratios: number[] = [];
  const perSecond = (took: number): string => `${((count / took) * 1000).toFixed(0).padStart(7)}/s`;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const [took, limit] = [await ours(), await theirs()];
    say(`${name.padEnd(28)} ${perSecond(took)}   raw client ${perSecond(limit)}   ratio ${(limit / took).toFixed(3)}`);
    ratios.push(limit / took);
  }
  say(`ratio, ${name}: median ${median(ratios).toFixed(3)}, ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}, with ${count} events of ${bytes.toFixed(0)} bytes\n`);
}

async function compareRelay(): Promise<void> {
  const payloads = await fillLedger(bed.databases.session, session, EVENTS);
  const publish = async (): Promise<number> => {
    await raw.makeStreamLike(streamOf('session'));
    return raw.publish(payloads, IN_FLIGHT);
  };
  const send = (): Promise<number> => relay('session', EVENTS);
  await send(); // warm-up, and the stream for the raw one to be like
  await publish();
  await compare('relay', { count: EVENTS, bytes: meanLength(payloads) }, { ours: send, theirs: publish });
}

/** Whoever is slow has less before it: what it does in the time given, at its pace with the first few. */
async function compareConsumer(consumer: Consumer): Promise<void> {
  const few = Math.ceil(EVENTS / 10);
  await fillStream(consumer, few);
  const pace = few / (await drain(consumer, few));
  const backlog = await fillStream(consumer, Math.min(EVENTS, Math.max(few, Math.ceil(pace * SECONDS * 1000))));
  await compare(consumer.label, backlog, {
    ours: () => drain(consumer, backlog.count),
    theirs: () => takeRaw(streamOf(consumer.from), backlog.count),
  });
}

/** A few are gone too soon to be timed, so they are taken more than once. Milliseconds for all of them, on average. */
async function takeRaw(stream: string, count: number): Promise<number> {
  const times = Math.ceil(EVENTS / count);
  let took = 0;
  for (let n = 0; n < times; n += 1) took += await raw.consume(stream, count, IN_FLIGHT);
  return took / times;
}

async function fillStream({ from, story }: Pick<Consumer, 'from' | 'story'>, count: number): Promise<Backlog> {
  const payloads = await fillLedger(bed.databases[from], story, count);
  await relay(from, count);
  return { count, bytes: meanLength(payloads) };
}

const meanLength = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0) / texts.length;

/** From when the writer knows of its commit to when the consumer knows of its own, at an even rate. */
async function latencies(listener: Listener): Promise<number[]> {
  await fillStream({ from: 'session', story: session }, 1);
  await forgetEffects(bed.databases.call, 'call');
  const told = new Map<string, number>();
  const found: number[] = [];
  listener.onEffect = ({ subject }) => {
    const at = told.get(subject);
    if (at !== undefined) found.push(performance.now() - at);
  };
  const [teller, heard] = [await bed.relay('session'), await bed.listen('call', 'session', listener.handlers)];
  await tellAtRate(teller, told, RATE);
  found.length = 0; // warm by now
  await tellAtRate(teller, told, RATE * SECONDS);
  while (found.length < RATE * SECONDS) await pause(50);
  await Promise.all([teller.close(), heard.close()]);
  return found;
}

async function tellAtRate(db: Database, told: Map<string, number>, count: number): Promise<void> {
  const started = performance.now();
  const writes: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    const early = started + (n * 1000) / RATE - performance.now();
    if (early > 0) await pause(early);
    writes.push(tell(db, (aggregate) => void told.set(aggregate, performance.now())));
  }
  await Promise.all(writes);
}

/** An entry into a session of its own. */
const tell = (db: Database, onCommit: (aggregate: string) => void): Promise<void> =>
  db.write([], (tx) => {
    const sessionId = randomUUID();
    const aggregate = `session/${sessionId}`;
    tx.emit(entryGranted, { aggregate, sequence: 1, orgId: 'bench', data: entered({ sessionId, sid: `room-${sessionId}` }, 'guest') });
    tx.afterCommit(() => onCommit(aggregate));
    return Promise.resolve();
  });

const bed = await makeBed();
const raw = await RawClient.open(bed.natsUrl);
const running = { auth: await bed.service('auth'), session: await bed.service('session'), call: await bed.service('call') };
try {
  const consumers = consumersOf(running);
  say(`at most ${EVENTS} events a time, ${IN_FLIGHT} in flight`);
  await compareRelay();
  for (const consumer of consumers) await compareConsumer(consumer);
  for (const { label, listener } of consumers.filter(({ story }) => story === session)) say(row(`commit to effect, ${label}`, figuresOf(await latencies(listener), SECONDS, 0)));
} finally {
  await Promise.all(Object.values(running).map((service) => service.close()));
  await raw.close();
  await bed.stop();
}
