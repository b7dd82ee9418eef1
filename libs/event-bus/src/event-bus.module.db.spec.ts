import { Global, Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { DataOf } from '@parley/dto';
import { baseMigrations, Database, DatabaseModule, runMigrations, type Tx } from '@parley/persistence';
import { LOGGER, type Metrics, METRICS, processMetrics, Readiness } from '@parley/platform';
import { eventually, testDatabase, type TestDatabase, testNats, type TestNats } from '@parley/testing';
import { EventBus, EventBusModule, OnEvent } from './index.js';
import { stepped } from './service.fixture.e2e.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const metrics = { provide: METRICS, useFactory: () => processMetrics('session-service', new Readiness()) };

@Global()
@Module({ providers: [{ provide: LOGGER, useValue: silent }, Readiness, metrics], exports: [LOGGER, Readiness, METRICS] })
class Surroundings {}

@Injectable()
class Steps {
  constructor(private readonly database: Database) {}

  @OnEvent(stepped)
  async note({ thing, n }: DataOf<typeof stepped>, tx: Tx): Promise<void> {
    if (!(this.database instanceof Database)) throw new Error('not the instance that Nest made');
    await tx.query('insert into seen values ($1, $2)', [thing, n]);
  }
}

let server: TestDatabase;
let nats: TestNats;

beforeAll(async () => {
  [server, nats] = await Promise.all([testDatabase('session'), testNats()]);
  await runMigrations({ url: server.url, schema: 'session', migrations: baseMigrations });
});
afterAll(async () => {
  await Promise.all([server.drop(), nats.stop()]);
});

const service = (natsUrl: string, consumes: ('session' | 'auth')[]) =>
  Test.createTestingModule({
    imports: [Surroundings, DatabaseModule.forRoot({ url: server.url, schema: 'session', entities: [] }), EventBusModule.forRoot({ owner: 'session', natsUrl, consumes })],
    providers: [Steps],
  }).compile();

test('a service tells and hears, and ends its event bus before its database', async () => {
  const app = await service(nats.url, ['session']);
  await app.init();
  const db = app.get(Database);
  await db.query('create table seen (thing text, n int)');
  await db.write([], (tx) => Promise.resolve(tx.emit(stepped, { aggregate: 'a', sequence: 1, orgId: 'o', data: { thing: 'a', n: 1 } })));
  await eventually(async () => ((await db.query('select from seen')).length === 1 ? true : { notYet: 'not heard' }));
  await eventually(async () => ((await app.get(EventBus).stats()).unsent === 0 ? true : { notYet: 'not all sent' }));
  expect(await app.get(EventBus).stats()).toEqual({ unsent: 0, oldestUnsentSeconds: 0, parked: 0, dead: 0, redelivered: 0 });
  await app.close();
  const after = await Database.connect({ url: server.url, schema: 'session', entities: [] });
  expect(await after.query("select name from leader where until > '-infinity'")).toEqual([]);
  await after.close();
});

type Read = (name: string) => number;

const told = async (app: TestingModule): Promise<Read> => {
  const text = await app.get<Metrics>(METRICS, { strict: false }).metrics();
  return (name: string) => Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(text)?.[1]);
};

test('a canary goes all the way and comes back, and metrics tell how the events of the service do', async () => {
  const app = await service(nats.url, ['session']);
  await app.init();
  const value = await eventually<Read>(async () => {
    const read = await told(app);
    return read('parley_canary_round_trip_seconds_count') >= 1 ? read : { notYet: 'no canary came back' };
  });
  expect(value('parley_canary_round_trip_seconds_sum')).toBeLessThan(5);
  expect(value('parley_canary_silent_seconds')).toBeLessThan(5);
  expect(value('parley_outbox_oldest_unsent_seconds')).toBeLessThan(5);
  expect(['parley_inbox_parked_events', 'parley_inbox_dead_events', 'parley_events_redelivered_total'].map(value)).toEqual([0, 0, 0]);
  await app.close();
});

test('while the broker takes nothing no canary comes back, and what waits is counted', async () => {
  const stuck = await testNats();
  const app = await service(stuck.url, ['session']);
  await app.init();
  await eventually(async () => ((await told(app))('parley_canary_round_trip_seconds_count') >= 1 ? true : { notYet: 'no canary came back' }));
  await stuck.stop();
  await app.get(Database).write([], (tx) => Promise.resolve(tx.emit(stepped, { aggregate: 'c', sequence: 1, orgId: 'o', data: { thing: 'c', n: 1 } })));
  const before = await told(app);
  const heard = performance.now();
  const after = await eventually<Read>(async () => {
    const read = await told(app);
    return read('parley_outbox_oldest_unsent_seconds') > 0.5 ? read : { notYet: 'nothing waits' };
  });
  expect(after('parley_outbox_unsent_events')).toBeGreaterThanOrEqual(1);
  expect(after('parley_canary_round_trip_seconds_count')).toBe(before('parley_canary_round_trip_seconds_count'));
  expect(after('parley_canary_silent_seconds')).toBeGreaterThan((performance.now() - heard) / 1000 - 0.1);
  expect(after('parley_canary_silent_seconds')).toBeGreaterThan(before('parley_canary_silent_seconds'));
  await app.close();
});

/** What the broker of a disk that is full does: it lets everybody in, and JetStream answers nobody who wants to hear events. */
const deaf = { publish: ['$JS.API.STREAM.>', 'evt.>', 'live.>', 'make.*.stream'], subscribe: ['>'] };

test.each(['with no broker there', 'with a broker that has no events to give'])('a service starts and writes %s, and its canary is the more silent the longer that lasts', async (how) => {
  const broker = how === 'with no broker there' ? undefined : await testNats({ deaf });
  const app = await service(broker?.urlOf('deaf') ?? 'nats://127.0.0.1:1', ['session']);
  await app.init();
  await app.get(Database).write([], (tx) => Promise.resolve(tx.emit(stepped, { aggregate: how, sequence: 1, orgId: 'o', data: { thing: 'b', n: 1 } })));
  const terms = async () => (await app.get(Database).query<{ epoch: number }>("select epoch from leader where name = 'canary'"))[0]?.epoch ?? 0;
  const before = await terms();
  await eventually(async () => {
    if (broker && (await terms()) < before + 2) return { notYet: 'the canary was not begun again' };
    const silent = (await told(app))('parley_canary_silent_seconds');
    return silent > 2 ? true : { notYet: `silent for ${silent} s` };
  });
  await app.close();
  await broker?.stop();
});

test('a handler of an event that its service does not consume stops the start', async () => {
  const app = await service(nats.url, ['auth']);
  await expect(app.init()).rejects.toThrow('session does not consume events of session');
  await app.close();
});
