import { jest } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { AppError } from '@parley/dto';
import { Database } from '@parley/persistence';
import { natsOptions } from '@parley/platform';
import { eventually, testNats, type TestNats } from '@parley/testing';
import { dropWaiting, findWaiting, listWaiting, replayDead, replayFrom } from './index.js';
import { ignored, stepIn, TestService } from './service.fixture.e2e.js';

jest.setTimeout(60_000);

const quick = { firstMs: 50, longestMs: 100, tries: 3 };
const failure = (kind: 'not_found' | 'conflict') => new AppError(kind, 'thing.refused', 'No.');

let nats: TestNats;
let session: TestService;
let call: TestService;
let resume = () => {};

beforeEach(async () => {
  [nats, session, call] = await Promise.all([testNats(), TestService.create('session'), TestService.create('call')]);
});
afterEach(async () => {
  resume();
  await Promise.all([session.drop(), call.drop()]);
  await nats.stop();
});

const startAll = async () => {
  await session.run(natsOptions(nats.url));
  return call.run(natsOptions(nats.url), ['session'], { retry: quick });
};
const stepAll = async (things: string[], times: number) => {
  for (let n = 0; n < times; n++) await Promise.all(things.map((thing) => session.step(thing)));
};
const seenBy = (count: number) =>
  eventually<string[]>(async () => {
    const seen = await call.seen();
    return seen.length >= count ? seen : { notYet: `${seen.length} of ${count} took effect` };
  }, { timeoutMs: 30_000 });
const ofThing = (seen: string[], thing: string) => seen.filter((step) => step.startsWith(thing));
const stepsOf = (thing: string, count: number) => Array.from({ length: count }, (_, n) => `${thing}${n + 1}`);
const quiet = () => eventually(async () => ((await unsent()) === 0 ? true : { notYet: 'the relay has work' }));
const unsent = async () => (await session.db.query<{ n: number }>('select count(*) as n from outbox where id > (select high from relay)'))[0]?.n;
interface InboxRow {
  event_id: string;
  sequence: number;
  attempts: number;
  reason: string;
}
const inbox = (status: string) => call.db.query<InboxRow>('select * from inbox where status = $1 order by event_id', [status]);
const waitFor = (status: string, count: number) =>
  eventually<InboxRow[]>(async () => {
    const rows = await inbox(status);
    return rows.length === count ? rows : { notYet: `${rows.length} of ${count} are ${status}` };
  });
const withNats = async <T>(use: (nc: NatsConnection) => Promise<T>): Promise<T> => {
  const { waitOnFirstConnect: _, ...options } = natsOptions(nats.url);
  const nc = await connect(options);
  return use(nc).finally(() => nc.close());
};
/** The sequences of the events in the stream, as they stand there. */
const storedSequences = () =>
  withNats(async (nc) => {
    const { streams } = await jetstreamManager(nc);
    const { state } = await streams.info('EVT_SESSION');
    const seqs = Array.from({ length: state.last_seq }, (_, n) => n + 1);
    const messages = await Promise.all(seqs.map((seq) => streams.getMessage('EVT_SESSION', { seq })));
    return messages.flatMap((message) => message?.json<{ sequence?: number }>().sequence ?? []);
  });
const leaderOf = async (service: TestService, name: string) => (await service.db.query<{ holder: string; epoch: number }>('select holder, epoch from leader where name = $1', [name]))[0];

describe('what was told', () => {
  test('takes effect once each, in order within its aggregate', async () => {
    await startAll();
    await stepAll(['a', 'b', 'c', 'd'], 60);
    const seen = await seenBy(240);
    for (const thing of ['a', 'b', 'c', 'd']) expect(ofThing(seen, thing)).toEqual(stepsOf(thing, 60));
    expect(seen).toHaveLength(240);
  });

  test('before anybody ran is told when they run', async () => {
    await stepAll(['a'], 5);
    await startAll();
    expect(await seenBy(5)).toEqual(stepsOf('a', 5));
  });

  test('arrives within a fraction of a second, though it is polled for once a second', async () => {
    await startAll();
    await session.step('a');
    await seenBy(1);
    const start = performance.now();
    await session.step('a');
    await seenBy(2);
    expect(performance.now() - start).toBeLessThan(500);
  });

  test('by a copy that is not the relay is poked for too', async () => {
    await session.run(natsOptions(nats.url));
    await eventually(async () => (await leaderOf(session, 'relay')) ?? { notYet: 'no relay' });
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session']);
    await session.step('a');
    await seenBy(1);
    const [, standby] = (session as unknown as { copies: { db: TestService['db'] }[] }).copies;
    const start = performance.now();
    await session.step('a', standby?.db);
    await seenBy(2);
    expect(performance.now() - start).toBeLessThan(500);
  });

  test('and is of no interest here leaves no trace and holds nothing up', async () => {
    await startAll();
    await session.db.write([], (tx) => Promise.resolve(tx.emit(ignored, { aggregate: 'x', sequence: 1, orgId: 'o', data: {} })));
    await stepAll(['a'], 2);
    await seenBy(2);
    expect(await inbox('done')).toHaveLength(2);
  });

  test('twice by the broker takes effect once', async () => {
    const bus = await startAll();
    await stepAll(['a', 'b'], 3);
    await seenBy(6);
    const rows = await session.db.query<{ subject: string; envelope: string }>('select subject, envelope from outbox order by id');
    await withNats(async (nc) => {
      for (const { subject, envelope } of rows) await jetstream(nc).publish(subject, envelope); // no Nats-Msg-Id: the stream keeps them
    });
    await eventually(async () => ((await bus.stats()).redelivered === 6 ? true : { notYet: 'not told again' }));
    expect((await call.seen()).sort()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  });
});

/** On a connection of its own: tells step 1 of `late`, then waits for `resume` to commit. */
async function drawAndWait(drawn: () => void): Promise<void> {
  const other = await Database.connect({ url: session.databaseUrl, schema: 'session', entities: [] });
  await other.write([], async (tx) => {
    await stepIn(tx, 'late');
    await (tx as unknown as { flush(): Promise<void> }).flush();
    drawn();
    await new Promise<void>((resolve) => (resume = resolve));
  });
  await other.close();
}

describe('ids and commits', () => {
  test('a lower id that is committed later is not skipped', async () => {
    await startAll();
    const late = session.db.write(['late'], async (tx) => {
      await stepIn(tx, 'late');
      await (tx as unknown as { flush(): Promise<void> }).flush();
      await new Promise<void>((resolve) => (resume = resolve));
    });
    await eventually(async () => {
      const [row] = await session.db.query<{ last_value: number }>('select last_value from outbox_id_seq where is_called');
      return row ? true : { notYet: 'the late one has drawn no id' };
    });
    await stepAll(['a'], 3);
    expect(await seenBy(3)).toEqual(['a1', 'a2', 'a3']);
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // the relay looks more than once meanwhile
    resume();
    await late;
    expect(await seenBy(4)).toContain('late1');
  });

  test('nor is one whose transaction began after that of the higher id', async () => {
    await startAll();
    await session.step('warm');
    await seenBy(1);
    let drawn = () => {};
    const lateHasDrawn = new Promise<void>((resolve) => (drawn = resolve));
    let late: Promise<void> = Promise.resolve();
    await session.db.write(['early'], async (tx) => {
      late = drawAndWait(drawn);
      await lateHasDrawn;
      await stepIn(tx, 'early');
    });
    expect(await seenBy(2)).toContain('early1');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    resume();
    await late;
    expect(await seenBy(3)).toContain('late1');
  });

  test('ids that were rolled back hold nothing up and are given up', async () => {
    await startAll();
    await session.step('a');
    await session.db
      .write([], async (tx) => {
        await stepIn(tx, 'never');
        await (tx as unknown as { flush(): Promise<void> }).flush();
        throw new Error('no');
      })
      .catch(() => undefined);
    await session.step('a');
    expect(await seenBy(2)).toEqual(['a1', 'a2']);
    await eventually(async () => {
      const [row] = await session.db.query<{ holes: unknown[] }>('select holes from relay');
      return row?.holes.length === 0 ? true : { notYet: JSON.stringify(row) };
    });
  });
});

describe('the relay', () => {
  test('that was killed between sending and noting it has sent has no double effect', async () => {
    await startAll();
    await stepAll(['a', 'b'], 20);
    await seenBy(40);
    await quiet();
    await session.stopAll();
    await session.db.query('update relay set high = 0, stream_last_seq = 0');
    await stepAll(['a', 'b'], 5);
    await session.run(natsOptions(nats.url));
    const seen = await seenBy(50);
    await quiet();
    expect(ofThing(seen, 'a')).toEqual(stepsOf('a', 25));
    expect(await call.seen()).toHaveLength(50);
    const stored = await withNats(async (nc) => (await (await jetstreamManager(nc)).streams.info('EVT_SESSION')).state.messages);
    expect(stored).toBe(50);
  });

  test('never stores an event without the one before it, even if an acknowledgement says it is out of step', async () => {
    await session.run(natsOptions(nats.url));
    await session.step('a');
    await quiet();
    await withNats((nc) => jetstream(nc).publish('evt.session.stray.v1', '{}')); // the relay's idea of the stream is wrong now
    await session.db.write(['a'], async (tx) => {
      for (let n = 0; n < 30; n++) await stepIn(tx, 'a'); // so that they are one batch, each with another idea
    });
    await quiet();
    expect(await storedSequences()).toEqual(Array.from({ length: 31 }, (_, n) => n + 1));
  });

  test('stores nothing behind an event that the broker refuses, not even of the same batch', async () => {
    await stepAll(['a'], 5);
    await session.db.query(`update outbox set envelope = rpad(envelope, 2000000) where sequence = 3`);
    await session.run(natsOptions(nats.url));
    await eventually(async () => ((await storedSequences()).length === 2 ? true : { notYet: 'the first two are not stored' }));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await storedSequences()).toEqual([1, 2]);
    await session.db.query('update outbox set envelope = trim(envelope)');
    await quiet();
    expect(await storedSequences()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('outages', () => {
  test('writes go on without a broker, and what they told is told when it is back', async () => {
    await startAll();
    await session.step('a');
    await seenBy(1);
    await nats.kill();
    const start = performance.now();
    await stepAll(['a', 'b'], 10);
    expect(performance.now() - start).toBeLessThan(2_000);
    await nats.restart();
    const seen = await seenBy(21);
    expect(ofThing(seen, 'a')).toEqual(stepsOf('a', 11));
    expect(ofThing(seen, 'b')).toEqual(stepsOf('b', 10));
  });

  test('a broker that dies and returns again and again loses and doubles nothing', async () => {
    await startAll();
    const telling = stepAll(['a', 'b', 'c'], 150);
    for (let n = 0; n < 3; n++) {
      await nats.kill();
      await nats.restart();
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    await telling;
    const seen = await seenBy(450);
    for (const thing of ['a', 'b', 'c']) expect(ofThing(seen, thing)).toEqual(stepsOf(thing, 150));
    expect(await call.seen()).toHaveLength(450);
  });

  test('after a broker lost everything all is told again, and takes effect once', async () => {
    const bus = await startAll();
    await stepAll(['a', 'b'], 10);
    await seenBy(20);
    await quiet();
    await withNats(async (nc) => (await jetstreamManager(nc)).streams.delete('EVT_SESSION'));
    await nats.restart();
    await session.step('c');
    expect(await seenBy(21)).toContain('c1');
    await eventually(async () => ((await bus.stats()).redelivered >= 20 ? true : { notYet: 'not told again' }));
    expect(await call.seen()).toHaveLength(21);
  });

  test('a stream that is gone while nothing happens is noticed and filled again', async () => {
    await startAll();
    await stepAll(['a'], 3);
    await seenBy(3);
    await quiet();
    await withNats(async (nc) => (await jetstreamManager(nc)).streams.delete('EVT_SESSION'));
    await eventually(() => withNats(async (nc) => ((await (await jetstreamManager(nc)).streams.info('EVT_SESSION')).state.messages === 3 ? true : { notYet: 'not filled' })), { timeoutMs: 20_000 });
    await session.step('a');
    expect(await seenBy(4)).toEqual(stepsOf('a', 4));
  });

  test('a stream that lost its tail is made anew and filled from the ledger', async () => {
    const bus = await startAll();
    await stepAll(['a'], 3);
    await seenBy(3);
    await quiet();
    await session.stopAll();
    await session.db.query('update relay set stream_last_seq = 99'); // as if the broker had acknowledged more than it kept
    await session.step('a');
    await session.run(natsOptions(nats.url));
    expect(await seenBy(4)).toEqual(stepsOf('a', 4));
    await eventually(async () => ((await bus.stats()).redelivered === 3 ? true : { notYet: 'not told again' }));
  });

  test('a consumer whose database was away goes on in order', async () => {
    await startAll();
    await stepAll(['a'], 5);
    await seenBy(5);
    const cut = () => call.db.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`);
    const telling = stepAll(['a', 'b'], 100);
    for (let n = 0; n < 5; n++) {
      await cut();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await telling;
    const seen = await seenBy(205);
    expect(ofThing(seen, 'a')).toEqual(stepsOf('a', 105));
    expect(ofThing(seen, 'b')).toEqual(stepsOf('b', 100));
  });
});

describe('an event whose handler fails', () => {
  test('is tried again, those of its aggregate wait behind it, others pass', async () => {
    let ready = false;
    call.before = ({ thing, n }) => {
      if (thing === 'a' && n === 2 && !ready) throw failure('not_found');
    };
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session'], { retry: { ...quick, tries: 99 } });
    await stepAll(['a', 'b'], 4);
    expect(await seenBy(5)).toEqual(expect.arrayContaining(['a1', 'b1', 'b2', 'b3', 'b4']));
    expect((await waitFor('parked', 3)).map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    ready = true;
    const seen = await seenBy(8);
    expect(ofThing(seen, 'a')).toEqual(stepsOf('a', 4));
    expect(await inbox('parked')).toEqual([]);
  });

  test('leaves nothing of what it did', async () => {
    call.before = async ({ n }, tx) => {
      await tx.query('insert into seen (thing, n) values ($1, $2)', ['half', n]);
      if (n === 1) throw failure('conflict');
    };
    await startAll();
    await session.step('a');
    await waitFor('dead', 1);
    expect(await call.seen()).toEqual([]);
  });

  test('for good is dead at once; its aggregate waits until it is replayed', async () => {
    let cured = false;
    call.before = ({ thing, n }) => {
      if (thing === 'a' && n === 1 && !cured) throw failure('conflict');
    };
    const bus = await startAll();
    await stepAll(['a', 'b'], 3);
    await seenBy(3);
    expect(await waitFor('dead', 1)).toMatchObject([{ sequence: 1, attempts: 1, reason: 'thing.refused: No.' }]);
    expect(await waitFor('parked', 2)).toMatchObject([{ sequence: 2 }, { sequence: 3 }]);
    expect(await bus.stats()).toMatchObject({ parked: 2, dead: 1 });
    cured = true;
    expect(await replayDead(call.db, 'call__session')).toBe(1);
    expect(ofThing(await seenBy(6), 'a')).toEqual(stepsOf('a', 3));
  });

  test('after its last try is dead; dropped, it lets the others go on', async () => {
    call.before = ({ thing, n }) => {
      if (thing === 'a' && n === 1) throw new Error('a fault');
    };
    await startAll();
    await stepAll(['a'], 2);
    const [dead] = await waitFor('dead', 1);
    expect(dead).toMatchObject({ attempts: 3, reason: 'internal: Error' });
    const eventId = dead?.event_id ?? '';
    expect(await listWaiting(call.db)).toMatchObject([{ consumer: 'call__session', eventId, aggregate: 'thing:a', sequence: 1, status: 'dead', attempts: 3 }, { sequence: 2, status: 'parked' }]);
    expect(await listWaiting(call.db, { consumer: 'call__auth' })).toEqual([]);
    expect(JSON.parse((await findWaiting(call.db, eventId))?.payload ?? '{}')).toMatchObject({ id: eventId, data: { thing: 'a', n: 1 } });
    expect(await dropWaiting(call.db, 'call__session', eventId)).toBe(true);
    expect(await dropWaiting(call.db, 'call__session', eventId)).toBe(false);
    expect(await seenBy(1)).toEqual(['a2']);
  });

  test('and effects that were lost with their database come again from the ledger, those that are there do not', async () => {
    const since = new Date(Date.now() - 60_000);
    await startAll();
    await stepAll(['a', 'b'], 3);
    await seenBy(6);
    await call.db.query("delete from seen where thing = 'a' and n > 1");
    await call.db.query("delete from inbox where aggregate = 'thing:a' and sequence > 1"); // as after a restore from an older copy
    expect(await replayFrom({ ledger: session.db, database: call.db, consumer: 'call__session', since })).toBe(2);
    expect(ofThing(await seenBy(6), 'a')).toEqual(stepsOf('a', 3));
    expect(await replayFrom({ ledger: session.db, database: call.db, consumer: 'call__session', since })).toBe(0);
  });

  test('because its data fits no contract is dead', async () => {
    await startAll();
    await session.db.write(['a'], async (tx) => {
      await stepIn(tx, 'a');
      await (tx as unknown as { flush(): Promise<void> }).flush();
      await tx.query(`update outbox set envelope = replace(envelope, '"n":1', '"n":"one"')`);
    });
    expect(await waitFor('dead', 1)).toMatchObject([{ reason: 'event.invalid: n' }]);
  });
});

describe('several copies', () => {
  test('of which one ends hand over at once, and nothing is lost or doubled', async () => {
    const first = await session.run(natsOptions(nats.url));
    const consumer = await call.run(natsOptions(nats.url), ['session']);
    await session.step('a');
    await seenBy(1);
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session']);
    const telling = (async () => {
      for (let n = 0; n < 100; n++) await session.step('a', session.db);
    })();
    const start = performance.now();
    await Promise.all([first.stop(), consumer.stop()]);
    await telling;
    expect(await seenBy(101)).toEqual(stepsOf('a', 101));
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('one relay and one consumer work at a time', async () => {
    await Promise.all([1, 2, 3].map(() => session.run(natsOptions(nats.url))));
    await Promise.all([1, 2, 3].map(() => call.run(natsOptions(nats.url), ['session'])));
    let inside = 0;
    let most = 0;
    call.before = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside--;
    };
    await stepAll(['a', 'b', 'c'], 30);
    await seenBy(90);
    expect(most).toBe(1);
    expect(await call.seen()).toHaveLength(90);
  });

  test('of which the consumer is paused in a transaction: another takes over within 10 s, and the first can write nothing more', async () => {
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session']);
    await session.step('a');
    await seenBy(1);
    resume = call.pause();
    await session.step('a');
    await eventually(async () => {
      const rows = await call.db.query("select from pg_stat_activity where state = 'idle in transaction' and datname = current_database()");
      return rows.length > 0 ? true : { notYet: 'the handler did not begin' };
    });
    call.before = () => undefined;
    const first = await leaderOf(call, 'consumer session');
    await call.run(natsOptions(nats.url), ['session']);
    await eventually(async () => ((await leaderOf(call, 'consumer session'))?.holder === first?.holder ? { notYet: 'the first still leads' } : true));
    expect(await seenBy(2)).toEqual(['a1', 'a2']);
    resume();
    await session.step('a');
    expect(await seenBy(3)).toEqual(['a1', 'a2', 'a3']);
  });

  test('a relay that was replaced can neither save nor disorder what its successor sends', async () => {
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session']);
    await stepAll(['a'], 3);
    await seenBy(3);
    const before = await leaderOf(session, 'relay');
    await session.db.query("update leader set holder = 'another', epoch = epoch + 1, until = clock_timestamp() + interval '3 s' where name = 'relay'");
    await session.db.query('update relay set epoch = $1', [(before?.epoch ?? 0) + 1]);
    const high = async () => (await session.db.query<{ high: number }>('select high from relay'))[0]?.high;
    const then = await high();
    await session.step('a');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await high()).toBe(then);
    expect(await seenBy(4)).toEqual(stepsOf('a', 4));
    await eventually(async () => ((await leaderOf(session, 'relay'))?.epoch === (before?.epoch ?? 0) + 2 ? true : { notYet: 'not taken over' }));
    await session.step('a');
    expect(await seenBy(5)).toEqual(stepsOf('a', 5));
  });
});
