import { eventually, notYet } from '@parley/testing';
import { Bench, outcome } from '../testing/bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
  bench.outside.subscribe('dr-grey');
});
afterEach(() => bench.stop());

const entryActor = ({ entryId, sid }: { entryId: string; sid: string }) => ({ kind: 'entry' as const, orgId: 'org-1', sid, entryId });
const beat = (entry: { entryId: string; sid: string }, copy = bench.copy) => copy.entries.heartbeat(entryActor(entry), entry);
const typesOf = (events: { type: string }[]) => events.map(({ type }) => type.split('.')[2]);
const seconds = (from: string, to: unknown) => Math.round((Date.parse(String(to)) - Date.parse(from)) / 100) / 10;

describe('a lease', () => {
  test('runs an hour before the first heartbeat', async () => {
    const entry = await bench.enter({ exp: undefined });
    expect(seconds(entry.enteredAt, entry.leaseUntil)).toBe(3600);
  });

  test('never runs beyond the link, heartbeats or not', async () => {
    const exp = Math.floor(await bench.now()) + 20;
    const entry = await bench.enter({ exp });
    expect(Date.parse(entry.leaseUntil)).toBe(exp * 1000);
    expect(Date.parse((await beat(entry)).leaseUntil)).toBe(exp * 1000);
  });

  test('runs 30 s from the latest heartbeat', async () => {
    const entry = await bench.enter();
    await beat(entry);
    await bench.moveClock(20);
    await beat(entry);
    await bench.moveClock(20);
    expect(await outcome(beat(entry))).toBe('granted');
    await bench.moveClock(31);
    expect(await outcome(beat(entry))).toBe('entry.ended');
  });

  test('that has run out is not renewed, although nobody has ended it', async () => {
    const entry = await bench.enter();
    await bench.moveClock(3601);
    expect(await outcome(beat(entry))).toBe('entry.ended');
  });

  test('heartbeats of many entries are one statement, without events', async () => {
    const entries = await Promise.all(['a', 'b', 'c'].map((un) => bench.enter({ un })));
    const before = await bench.events();
    const { query } = bench.copy.db;
    let statements = 0;
    Object.assign(bench.copy.db, { query: (...of: Parameters<typeof query>) => ((statements += 1), query(...of)) });

    const answers = await Promise.all([...entries, ...entries].map((entry) => beat(entry)));

    expect(answers.map(({ entryId }) => entryId)).toEqual([...entries, ...entries].map(({ entryId }) => entryId));
    expect(statements).toBe(1);
    Object.assign(bench.copy.db, { query });
    expect(await bench.events()).toEqual(before);
  });

  test('a heartbeat answers the entry with its new lease and half a token', async () => {
    const entry = await bench.enter();
    const answer = await beat(entry);
    expect(answer).toEqual({ ...entry, leaseUntil: answer.leaseUntil, accessToken: entry.accessToken.split('.').slice(0, 2).join('.') });
  });
});

describe('the reaper', () => {
  test('ends a lapsed lease at its last proof of life', async () => {
    const silent = await bench.enter({ un: 'silent' });
    const alive = await bench.enter({ un: 'alive' });
    await bench.moveClock(100);
    const before = await bench.now();
    await beat(alive);
    const after = await bench.now();
    await bench.moveClock(7200);

    await bench.copy.reaper.round();

    const left = (await bench.events(silent.sessionId)).filter(({ type }) => type.includes('participant-left')).map(({ data }) => data);
    expect(left).toEqual([
      { sessionId: silent.sessionId, sid: 'room-1', entryId: alive.entryId, leftAt: expect.any(String), reason: 'lapsed', how: 'inferred' },
      { sessionId: silent.sessionId, sid: 'room-1', entryId: silent.entryId, leftAt: silent.enteredAt, reason: 'lapsed', how: 'inferred' },
    ]);
    const leftAt = Date.parse(String(left[0]?.['leftAt'])) / 1000;
    expect([leftAt > before - 0.001, leftAt < after + 0.001]).toEqual([true, true]); // told in milliseconds
  });

  test('ends a session when nobody has been in it for 60 s, at that moment, however late it comes', async () => {
    const entry = await bench.enter();
    await bench.copy.entries.leave(entryActor(entry), entry);
    await bench.moveClock(45);
    expect(await bench.copy.reaper.round()).toBe(0);
    await bench.moveClock(86_400);

    expect(await bench.copy.reaper.round()).toBe(1);

    const events = await bench.events(entry.sessionId);
    expect(typesOf(events)).toEqual(['session-started', 'entry-granted', 'participant-left', 'session-ended']);
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    const [, , left, ended] = events.map(({ data }) => data);
    expect(ended).toMatchObject({ reason: 'empty', startedAt: entry.enteredAt });
    expect(seconds(String(left?.['leftAt']), ended?.['endedAt'])).toBe(60);
    expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ state: 'ended', endReason: 'empty', participants: 0 });
  });

  test('a session whose last lease ran out during an outage is ended 60 s after that lease', async () => {
    const entry = await bench.enter();
    await bench.moveClock(40_000);

    await bench.copy.reaper.round();

    const events = await bench.events(entry.sessionId);
    expect(typesOf(events)).toEqual(['session-started', 'entry-granted', 'participant-left', 'session-ended']);
    expect(seconds(entry.leaseUntil, events[3]?.data['endedAt'])).toBe(60);
  });

  test('who comes back within 60 s finds the same occurrence, later a new one', async () => {
    const first = await bench.enter();
    await bench.copy.entries.leave(entryActor(first), first);
    await bench.moveClock(45);
    const second = await bench.enter();
    await bench.copy.entries.leave(entryActor(second), second);
    await bench.moveClock(61);
    const third = await bench.enter();

    expect(second.sessionId).toBe(first.sessionId);
    expect(third.sessionId).not.toBe(first.sessionId);
    expect(typesOf(await bench.events(first.sessionId)).at(-1)).toBe('session-ended');
  });

  test('two copies end everything once, in batches', async () => {
    const other = await bench.anotherCopy();
    const rooms = Array.from({ length: 120 }, (_, index) => `room-${index}`);
    for (const sid of rooms) {
      bench.outside.subscribe(sid);
      await bench.enter({ sid, ref: sid });
    }
    await bench.moveClock(10_000);

    const swept = await Promise.all([bench.copy, other, bench.copy, other, bench.copy, other].map(({ reaper }) => reaper.round()));

    expect(swept.filter((sessions) => sessions > 50)).toEqual([]); // copies that look at the same moment share what is due
    expect(Math.max(...swept)).toBeGreaterThan(0);
    while ((await bench.copy.reaper.round()) > 0);
    const events = await bench.events();
    expect(typesOf(events).filter((type) => type === 'participant-left')).toHaveLength(120);
    expect(typesOf(events).filter((type) => type === 'session-ended')).toHaveLength(120);
  });

  test('passes over a session that somebody else works on', async () => {
    const entry = await bench.enter();
    await bench.moveClock(10_000);

    const busy = await bench.anotherCopy();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let held = false;
    const working = busy.db.write(['2 session org-1 room-1'], () => ((held = true), released));
    await eventually(() => held || notYet('the lock is not held'));

    expect(await bench.copy.reaper.round()).toBe(0);
    expect(typesOf(await bench.events(entry.sessionId))).not.toContain('participant-left');

    release();
    await working;
    expect(await bench.copy.reaper.round()).toBe(1);
  });
});

test('beats, entering, leaving and reaping at once neither lose a seat nor give one twice', async () => {
  const other = await bench.anotherCopy({ leaseMax: 1 });
  let over = false;
  const reaping = (async () => {
    while (!over) await bench.copy.reaper.round();
  })();
  const worst: number[] = [];
  const person = async (index: number) => {
    for (let time = 0; time < 6; time += 1) {
      const entry = await bench.enter({ un: `p${index}` }, index % 2 ? bench.copy : other).catch(() => undefined);
      if (!entry) continue;
      await beat(entry, index % 3 ? bench.copy : other).catch(() => undefined);
      const [row] = await bench.copy.db.query<{ seats: number }>('select count(distinct seat) as seats from lease');
      worst.push(row?.seats ?? 0);
      await bench.copy.entries.leave(entryActor(entry), entry);
    }
  };

  await Promise.all(Array.from({ length: 12 }, (_, index) => person(index)));
  over = true;
  await reaping;

  expect(Math.max(...worst)).toBeLessThanOrEqual(5);
  expect(worst.length).toBeGreaterThan(5);
  const events = await bench.events();
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  expect(typesOf(events).filter((type) => type === 'participant-left')).toHaveLength(typesOf(events).filter((type) => type === 'entry-granted').length);
});
