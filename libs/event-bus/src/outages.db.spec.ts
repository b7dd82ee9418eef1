import { jetstream, jetstreamManager, type StreamAPI } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { natsOptions } from '@parley/platform';
import { eventually } from '@parley/testing';
import { atOnce, inTurn, ofThing, stepsOf } from './scene.fixture.e2e.js';
import { stepIn } from './service.fixture.e2e.js';

describe('the relay', () => {
  atOnce('that was killed between sending and noting it has sent has no double effect', async ({ nats, session, call, startAll, stepAll, seenBy, quiet, withNats }) => {
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

  atOnce('never stores an event without the one before it, even if an acknowledgement says it is out of step', async ({ nats, session, quiet, storedSequences, withNats }) => {
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

  atOnce('stores nothing behind an event that the broker refuses, not even of the same batch', async ({ nats, session, stepAll, quiet, storedSequences }) => {
    await stepAll(['a'], 5);
    await session.db.query(`update outbox set envelope = rpad(envelope, 9000000) where sequence = 3`);
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
  atOnce('writes go on without a broker, and what they told is told when it is back', async ({ nats, session, startAll, stepAll, seenBy }) => {
    await startAll();
    await session.step('a');
    await seenBy(1);
    await nats.kill();
    const start = performance.now();
    await stepAll(['a', 'b'], 10);
    expect(performance.now() - start).toBeLessThan(10_000); // had each waited for the broker, it would be more
    await nats.restart();
    const seen = await seenBy(21);
    expect(ofThing(seen, 'a')).toEqual(stepsOf('a', 11));
    expect(ofThing(seen, 'b')).toEqual(stepsOf('b', 10));
  });

  atOnce('a broker that dies and returns again and again loses and doubles nothing', async ({ nats, call, startAll, stepAll, seenBy }) => {
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

  atOnce('after a broker lost everything all is told again, and takes effect once', async ({ nats, session, call, startWithAbsent, stepAll, seenBy, quiet, withNats }) => {
    const bus = await startWithAbsent();
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

  atOnce('a stream that is gone while nothing happens is noticed and filled again', async ({ session, startWithAbsent, stepAll, seenBy, quiet, withNats }) => {
    await startWithAbsent();
    await stepAll(['a'], 3);
    await seenBy(3);
    await quiet();
    await withNats(async (nc) => (await jetstreamManager(nc)).streams.delete('EVT_SESSION'));
    await eventually(() => withNats(async (nc) => ((await (await jetstreamManager(nc)).streams.info('EVT_SESSION')).state.messages === 3 ? true : { notYet: 'not filled' })), { timeoutMs: 20_000 });
    await session.step('a');
    expect(await seenBy(4)).toEqual(stepsOf('a', 4));
  });

  atOnce('without a stream maker what is there goes on, what is not waits for one, and that is said', async ({ nats, session, startWithAbsent, stepAll, seenBy, withNats }) => {
    await startWithAbsent();
    await stepAll(['a'], 3);
    await seenBy(3);
    await nats.stopMaker();
    await stepAll(['a'], 3);
    await seenBy(6);
    await withNats(async (nc) => (await jetstreamManager(nc)).streams.delete('EVT_SESSION'));
    await session.step('a');
    await eventually(() => session.logged.some((line) => line.includes('session relay')) || { notYet: session.logged.join() });
    await nats.startMaker();
    expect(await seenBy(7)).toEqual(stepsOf('a', 7));
  });

  atOnce('a stream that lost its tail is made anew and filled from the ledger', async ({ nats, session, startWithAbsent, stepAll, seenBy, quiet }) => {
    const bus = await startWithAbsent();
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

  atOnce('a consumer whose database was away goes on in order', async ({ call, startAll, stepAll, seenBy }) => {
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

atOnce('a consumer whose database is an older copy has again what came since', async ({ nats, call, startAll, stepAll, seenBy }) => {
  const tables = ['seen', 'inbox', 'consumer_place'];
  const each = (sql: (table: string) => string) => Promise.all(tables.map((table) => call.db.query(sql(table))));
  await startAll();
  await stepAll(['a'], 3);
  await seenBy(3);
  await each((table) => `create table older_${table} as table ${table}`);
  await stepAll(['a'], 3);
  await seenBy(6);
  await call.stopAll();
  await each((table) => `truncate ${table}`);
  await each((table) => `insert into ${table} table older_${table}`);
  const consumer = await call.run(natsOptions(nats.url), ['session']);
  expect(await seenBy(6)).toEqual(stepsOf('a', 6));
  expect((await consumer.stats()).redelivered).toBe(0);
});

describe('messages that the stream no longer has', () => {
  const lost: Record<string, (streams: StreamAPI) => Promise<unknown>> = {
    purged: (streams) => streams.purge('EVT_SESSION'),
    'too old': (streams) => streams.update('EVT_SESSION', { max_age: nanos(100), duplicate_window: nanos(100) }),
  };
  for (const [how, lose] of Object.entries(lost)) {
    atOnce(`while a consumer was away (${how}): they come from the ledger, in order, before anything newer`, async ({ nats, session, call, startWithAbsent, stepAll, seenBy, quiet, withNats }) => {
      await startWithAbsent();
      await stepAll(['a', 'b'], 3);
      await seenBy(6);
      await call.stopAll();
      await stepAll(['a', 'b'], 3);
      await quiet();
      await withNats(async (nc) => {
        const { streams } = await jetstreamManager(nc);
        await lose(streams);
        await eventually(async () => ((await streams.info('EVT_SESSION')).state.messages === 0 ? true : { notYet: 'they are still there' }));
      });
      const consumer = await call.run(natsOptions(nats.url), ['session']);
      await stepAll(['a', 'b'], 1);
      const seen = await seenBy(14);
      for (const thing of ['a', 'b']) expect(ofThing(seen, thing)).toEqual(stepsOf(thing, 7));
      await eventually(async () => ((await consumer.stats()).redelivered >= 6 ? true : { notYet: 'not the whole ledger' }));
      expect(session.logged).toContain('a consumer missed messages that the stream no longer has: it is filled again from the ledger');
    });
  }

  atOnce('and that everybody had are not told again when it is lost', async ({ nats, session, call, startAll, stepAll, seenBy, quiet, withNats, storedSequences }) => {
    await startAll();
    await stepAll(['a'], 3);
    await seenBy(3);
    const place = async () => (await session.db.query<{ floor: number; high: number }>('select floor, high from relay'))[0];
    await eventually(async () => {
      const { floor = 0, high } = (await place()) ?? {};
      return floor > 0 && floor === high ? true : { notYet: `the floor is at ${floor}` };
    }, { timeoutMs: 40_000 });
    await call.stopAll();
    await session.step('a');
    await quiet();
    await withNats(async (nc) => (await jetstreamManager(nc)).streams.delete('EVT_SESSION'));
    await session.step('a');
    const consumer = await call.run(natsOptions(nats.url), ['session']);
    expect(await seenBy(5)).toEqual(stepsOf('a', 5));
    expect(await storedSequences()).toEqual([4, 5]);
    expect((await consumer.stats()).redelivered).toBe(0);

    await call.stopAll(); // and now with an older copy of its database: what it has forgotten the stream leaves out
    await call.db.query('truncate seen, inbox');
    await call.db.query("update consumer_place set stream_created = 'before', stream_behind = 0, stream_seq = 1");
    await call.run(natsOptions(nats.url), ['session']);
    expect(await seenBy(5)).toEqual(stepsOf('a', 5));
  });
});

describe('several copies', () => {
  inTurn('of which one ends hand over at once, and nothing is lost or doubled', async ({ nats, session, call, seenBy }) => {
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

  atOnce('one relay and one consumer work at a time', async ({ nats, session, call, stepAll, seenBy }) => {
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

  inTurn('of which the consumer is paused in a transaction: another takes over within 10 s, and the first can write nothing more', async (scene) => {
    const { nats, session, call, seenBy, leaderOf } = scene;
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session']);
    await session.step('a');
    await seenBy(1);
    scene.resume = call.pause();
    await session.step('a');
    await eventually(async () => {
      const rows = await call.db.query("select from pg_stat_activity where state = 'idle in transaction' and datname = current_database()");
      return rows.length > 0 ? true : { notYet: 'the handler did not begin' };
    });
    call.before = () => undefined;
    const first = await leaderOf(call, 'consumer session');
    await call.run(natsOptions(nats.url), ['session']);
    await eventually(async () => ((await leaderOf(call, 'consumer session'))?.holder === first?.holder ? { notYet: 'the first still leads' } : true), { timeoutMs: 10_000 });
    expect(await seenBy(2)).toEqual(['a1', 'a2']);
    scene.resume();
    await session.step('a');
    expect(await seenBy(3)).toEqual(['a1', 'a2', 'a3']);
  });

  atOnce('a relay that was replaced can neither save nor disorder what its successor sends', async ({ nats, session, call, stepAll, seenBy, leaderOf }) => {
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
