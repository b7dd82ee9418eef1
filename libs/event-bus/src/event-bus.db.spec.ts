import { jetstream } from '@nats-io/jetstream';
import { AppError } from '@parley/dto';
import { Database } from '@parley/persistence';
import { natsOptions } from '@parley/platform';
import { eventually } from '@parley/testing';
import { dropWaiting, findWaiting, listWaiting, replayDead, replayFrom } from './index.js';
import { atOnce, inTurn, ofThing, quick, quickest, type Scene, stepsOf } from './scene.fixture.e2e.js';
import { ignored, stepIn, type TestService } from './service.fixture.e2e.js';

const failure = (kind: 'not_found' | 'conflict') => new AppError(kind, 'thing.refused', 'No.');

describe('what was told', () => {
  atOnce('takes effect once each, in order within its aggregate', async ({ startAll, stepAll, seenBy }) => {
    await startAll();
    await stepAll(['a', 'b', 'c', 'd'], 60);
    const seen = await seenBy(240);
    for (const thing of ['a', 'b', 'c', 'd']) expect(ofThing(seen, thing)).toEqual(stepsOf(thing, 60));
    expect(seen).toHaveLength(240);
  });

  atOnce('before anybody ran is told when they run', async ({ startAll, stepAll, seenBy }) => {
    await stepAll(['a'], 5);
    await startAll();
    expect(await seenBy(5)).toEqual(stepsOf('a', 5));
  });

  inTurn('arrives within a fraction of a second, though it is polled for once a second', async ({ session, startAll, seenBy }) => {
    await startAll();
    await session.step('a');
    await seenBy(1);
    const took = await quickest(async (nth) => {
      await session.step('a');
      await seenBy(1 + nth);
    });
    expect(took).toBeLessThan(500);
  });

  inTurn('by a copy that is not the relay is poked for too', async ({ nats, session, call, seenBy, leaderOf }) => {
    await session.run(natsOptions(nats.url));
    await eventually(async () => (await leaderOf(session, 'relay')) ?? { notYet: 'no relay' });
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session']);
    await session.step('a');
    await seenBy(1);
    const [, standby] = (session as unknown as { copies: { db: TestService['db'] }[] }).copies;
    const took = await quickest(async (nth) => {
      await session.step('a', standby?.db);
      await seenBy(1 + nth);
    });
    expect(took).toBeLessThan(500);
  });

  atOnce('costs the relay two statements where it is, and the broker no poke', async ({ session, startAll, seenBy, quiet }) => {
    await startAll();
    await session.step('a');
    await seenBy(1);
    await quiet();
    const [copy] = (session as unknown as { copies: { db: TestService['db'] }[] }).copies;
    const asked: string[] = [];
    const { query } = copy?.db ?? session.db;
    if (copy) Object.assign(copy.db, { query: (sql: string, params?: unknown[]) => (asked.push(sql), query(sql, params)) });
    const start = performance.now();
    for (let n = 2; n <= 11; n++) {
      await session.step('a');
      await seenBy(n);
      await quiet();
    }
    const looks = asked.filter((sql) => sql.includes('pg_snapshot_xmin'));
    const polls = (performance.now() - start) / 1_000 + 1;
    expect(looks.filter((sql) => sql.includes('update relay'))).toHaveLength(10);
    expect(looks.length).toBeLessThanOrEqual(20 + polls);
  });

  atOnce('and is of no interest here leaves no trace and holds nothing up', async ({ session, startAll, stepAll, seenBy, inbox }) => {
    await startAll();
    await session.db.write([], (tx) => Promise.resolve(tx.emit(ignored, { aggregate: 'x', sequence: 1, orgId: 'o', data: {} })));
    await stepAll(['a'], 2);
    await seenBy(2);
    expect(await inbox('done')).toHaveLength(2);
  });

  atOnce('twice by the broker takes effect once', async ({ session, call, startAll, stepAll, seenBy, withNats }) => {
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
async function drawAndWait(scene: Scene, drawn: () => void): Promise<void> {
  const other = await Database.connect({ url: scene.session.databaseUrl, schema: 'session', entities: [] });
  await other.write([], async (tx) => {
    await stepIn(tx, 'late');
    await (tx as unknown as { flush(): Promise<void> }).flush();
    drawn();
    await new Promise<void>((resolve) => (scene.resume = resolve));
  });
  await other.close();
}

describe('ids and commits', () => {
  atOnce('a lower id that is committed later is not skipped', async (scene) => {
    const { session, startAll, stepAll, seenBy } = scene;
    await startAll();
    const late = session.db.write(['late'], async (tx) => {
      await stepIn(tx, 'late');
      await (tx as unknown as { flush(): Promise<void> }).flush();
      await new Promise<void>((resolve) => (scene.resume = resolve));
    });
    await eventually(async () => {
      const [row] = await session.db.query<{ last_value: number }>('select last_value from outbox_id_seq where is_called');
      return row ? true : { notYet: 'the late one has drawn no id' };
    });
    await stepAll(['a'], 3);
    expect(await seenBy(3)).toEqual(['a1', 'a2', 'a3']);
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // the relay looks more than once meanwhile
    scene.resume();
    await late;
    expect(await seenBy(4)).toContain('late1');
  });

  atOnce('one that came late and is not sent counts as unsent', async ({ nats, session, startAll, stepAll, quiet }) => {
    await startAll();
    const bus = await session.run(natsOptions(nats.url));
    await stepAll(['a'], 3);
    await quiet();
    await nats.kill();
    expect((await bus.stats()).unsent).toBe(0);
    await session.db.query(`update relay set holes = '[[2, 2, "0"], [9, 11, "0"]]'`); // of which only one was drawn
    expect((await bus.stats()).unsent).toBe(1);
  });

  atOnce('nor is one whose transaction began after that of the higher id', async (scene) => {
    const { session, startAll, seenBy } = scene;
    await startAll();
    await session.step('warm');
    await seenBy(1);
    let drawn = () => {};
    const lateHasDrawn = new Promise<void>((resolve) => (drawn = resolve));
    let late: Promise<void> = Promise.resolve();
    await session.db.write(['early'], async (tx) => {
      late = drawAndWait(scene, drawn);
      await lateHasDrawn;
      await stepIn(tx, 'early');
    });
    expect(await seenBy(2)).toContain('early1');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    scene.resume();
    await late;
    expect(await seenBy(3)).toContain('late1');
  });

  atOnce('ids that were rolled back hold nothing up and are given up', async ({ session, startAll, seenBy }) => {
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

describe('an event whose handler fails', () => {
  atOnce('is tried again, those of its aggregate wait behind it, others pass', async ({ nats, session, call, stepAll, seenBy, inbox, waitFor }) => {
    let ready = false;
    call.before = ({ thing, n }) => {
      if (thing === 'a' && n === 2 && !ready) throw failure('not_found');
    };
    await session.run(natsOptions(nats.url));
    await call.run(natsOptions(nats.url), ['session'], { retry: quick });
    await stepAll(['a', 'b'], 4);
    expect(await seenBy(5)).toEqual(expect.arrayContaining(['a1', 'b1', 'b2', 'b3', 'b4']));
    expect((await waitFor('parked', 3)).map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    ready = true;
    const seen = await seenBy(8);
    expect(ofThing(seen, 'a')).toEqual(stepsOf('a', 4));
    expect(await inbox('parked')).toEqual([]);
  });

  atOnce('leaves nothing of what it did', async ({ session, call, startAll, waitFor }) => {
    call.before = async ({ n }, tx) => {
      await tx.query('insert into seen (thing, n) values ($1, $2)', ['half', n]);
      if (n === 1) throw failure('conflict');
    };
    await startAll();
    await session.step('a');
    await waitFor('dead', 1);
    expect(await call.seen()).toEqual([]);
  });

  atOnce('for good is dead at once; its aggregate waits until it is replayed', async ({ call, startAll, stepAll, seenBy, waitFor }) => {
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

  atOnce('after its last try is dead; dropped, it lets the others go on', async ({ call, startAll, stepAll, seenBy, waitFor }) => {
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

  atOnce('and effects that were lost with their database come again from the ledger, those that are there do not', async ({ session, call, startAll, stepAll, seenBy }) => {
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

  atOnce('holds up nothing live, however many come again; and those do without a pause', async ({ nats, session, call, seenBy, quiet }) => {
    await session.db.write(['old'], async (tx) => {
      for (let n = 0; n < 60; n++) await stepIn(tx, 'old');
      for (let n = 0; n < 240; n++) await stepIn(tx, `old${n}-`);
    });
    expect(await replayFrom({ ledger: session.db, database: call.db, consumer: 'call__session', since: new Date(Date.now() - 60_000) })).toBe(300);
    await session.step('live');
    await session.run(natsOptions(nats.url));
    await quiet();
    call.before = ({ thing }) => (thing === 'live' ? undefined : new Promise((resolve) => setTimeout(resolve, 5)));
    await call.run(natsOptions(nats.url), ['session']);
    const seen = await seenBy(301);
    expect(seen.indexOf('live1')).toBeLessThan(200);
    expect(seen.filter((step) => /^old\d+$/.test(step))).toEqual(stepsOf('old', 60));
  });

  atOnce('because its data fits no contract is dead', async ({ session, startAll, waitFor }) => {
    await startAll();
    await session.db.write(['a'], async (tx) => {
      await stepIn(tx, 'a');
      await (tx as unknown as { flush(): Promise<void> }).flush();
      await tx.query(`update outbox set envelope = replace(envelope, '"n":1', '"n":"one"')`);
    });
    expect(await waitFor('dead', 1)).toMatchObject([{ reason: 'event.invalid: n' }]);
  });
});
