import type { EntryDto } from '@parley/dto';
import { Bench, outcome } from '../testing/bench.js';
import type { Copy } from '../testing/copy.js';

let bench: Bench;
let other: Copy;
let sid = '';

beforeAll(async () => {
  bench = await Bench.start();
  other = await bench.anotherCopy();
});
afterAll(() => bench.stop());
beforeEach(() => {
  sid = `room-${Math.random()}`;
  bench.outside.subscribe(sid);
});

type Settings = Parameters<Copy['settings']['changeSession']>[1];

const set = (change: Omit<Settings, 'sid'>) => bench.copy.settings.changeSession(bench.actor, { sid, ...change });
const enter = (claims: object = {}) => bench.enter({ sid, ref: sid, ...claims });
const owner = () => enter({ un: 'Dr Grey', rle: 'owner', email: 'grey@example.org' });
const actorOf = (entry: EntryDto) => ({ kind: 'entry' as const, ...entry });
const beat = (entry: EntryDto) => bench.copy.entries.heartbeat(actorOf(entry), entry);
const leave = (entry: EntryDto) => bench.copy.entries.leave(actorOf(entry), entry);
const get = () => bench.copy.sessions.get(bench.actor, sid);
const reap = async () => {
  while ((await bench.copy.reaper.round()) > 0);
};
const seconds = (from: string, to: unknown) => Math.round((Date.parse(String(to)) - Date.parse(from)) / 1000);
/** What was told of the session, without the beginning. */
const told = async (sessionId: string) =>
  (await bench.events(sessionId)).filter(({ type }) => /left|ended/.test(type)).map(({ type, data }) => `${type.split('.')[2]} ${String(data['reason'])}`);

test('X.4, S.5: a session with nobody in it is over after a minute, unless something else is set', async () => {
  const first = await enter();
  await leave(first);
  await bench.moveClock(45);
  await reap();
  expect(await get()).toMatchObject({ state: 'open' });
  await bench.moveClock(15);
  await reap();
  expect(await get()).toMatchObject({ state: 'ended', endReason: 'empty' });

  await set({ sessions: { emptyTimeout: 600 } });
  const second = await enter();
  await leave(second);
  await bench.moveClock(300);
  expect(await outcome(enter())).toBe('granted');
  expect(await get()).toMatchObject({ sessionId: second.sessionId, state: 'open' });
});

test('X.5: the last one left, and it ends by its own time; whoever vanished may come back', async () => {
  await set({ sessions: { lastLeftTimeout: 5, emptyTimeout: false } });
  const vanished = await enter();
  await beat(vanished);
  await bench.moveClock(4000);
  await reap();
  expect(await get()).toMatchObject({ state: 'open', participants: 0 });

  await leave(await enter());
  await bench.moveClock(6);
  await reap();
  expect(await get()).toMatchObject({ state: 'ended', endReason: 'last_left' });
  expect(await told(vanished.sessionId)).toEqual(['participant-left lapsed', 'participant-left left', 'session-ended last_left']);
});

test('X.3, X.8: after its longest time everyone leaves at that moment, however late somebody looks', async () => {
  await set({ sessions: { maxDuration: 100 } });
  const [ann, bob] = [await enter(), await enter({ un: 'Bob' })];
  await bench.moveClock(90);
  const renewed = await beat(ann);
  expect(seconds(ann.enteredAt, renewed.leaseUntil)).toBe(100);
  await bench.moveClock(40_000);
  expect(await outcome(beat(ann))).toBe('entry.ended');
  await reap();

  const session = await get();
  expect([session.endReason, seconds(session.started, session.ended)]).toEqual(['max_duration', 100]);
  expect(await told(ann.sessionId)).toEqual(['participant-left session_ended', 'participant-left session_ended', 'session-ended max_duration']);
  expect((await bench.events(bob.sessionId)).filter(({ type }) => type.includes('left')).map(({ data }) => seconds(session.started, data['leftAt']))).toEqual([100, 100]);
});

test('X.3: who comes after that begins another occurrence, although nobody has looked', async () => {
  await set({ sessions: { maxDuration: 100 } });
  const first = await enter();
  await bench.moveClock(101);
  expect((await enter()).sessionId).not.toBe(first.sessionId);
  expect((await told(first.sessionId)).at(-1)).toBe('session-ended max_duration');
});

test('X.6: the owner is gone, and in time so is everyone; an owner who comes back stops that', async () => {
  await set({ sessions: { ownerGoneTimeout: 300 } });
  const guest = await enter();
  await leave(await owner());
  await bench.moveClock(200);
  const back = await owner();
  await bench.moveClock(200);
  await reap();
  expect(await get()).toMatchObject({ state: 'open' });

  await leave(back);
  await bench.moveClock(301);
  await reap();
  expect(await get()).toMatchObject({ state: 'ended', endReason: 'owner_gone' });
  expect((await told(guest.sessionId)).slice(-2)).toEqual(['participant-left session_ended', 'session-ended owner_gone']);
});

test('X.6, R.2: who is made a guest is an owner gone; who is made an owner is one', async () => {
  await set({ sessions: { ownerGoneTimeout: 300 } });
  const [host, guest] = [await owner(), await enter()];
  await bench.copy.entries.changeRole(bench.actor, { ...host, role: 'guest' });
  await bench.copy.entries.changeRole(bench.actor, { ...guest, role: 'owner' });
  await bench.moveClock(301);
  await reap();
  expect(await get()).toMatchObject({ state: 'open' });
  await bench.copy.entries.changeRole(bench.actor, { ...guest, role: 'guest' });
  await bench.moveClock(301);
  await reap();
  expect(await get()).toMatchObject({ endReason: 'owner_gone' });
});

test('X.7: a session may run in its window only, and ends with it', async () => {
  const now = await bench.now();
  const window = { from: new Date((now + 600) * 1000).toISOString(), until: new Date((now + 1200) * 1000).toISOString() };
  expect(await set({ window })).toMatchObject({ sid, window });
  const link = await bench.link({ sid, ref: sid, exp: undefined });
  expect(await outcome(bench.copy.links.enter(link))).toBe('link.not_yet_valid');
  await bench.moveClock(601);
  const entry = await bench.copy.links.enter(link);
  expect(entry.leaseUntil).toBe(window.until);
  await bench.moveClock(600);
  expect(await outcome(bench.copy.links.enter(link))).toBe('link.expired');
  await reap();
  expect(await get()).toMatchObject({ endReason: 'window_closed', ended: window.until });
});

test('X.7: a window that closes before it opens is refused', async () => {
  expect(await outcome(set({ window: { from: '2030-01-02T00:00:00.000Z', until: '2030-01-01T00:00:00.000Z' } }))).toBe('session.window');
});

test('X.2: what is set for a session holds for what runs, at once; a longer time gives its leases back', async () => {
  const entry = await enter();
  await set({ sessions: { maxDuration: 50 } });
  expect(seconds(entry.enteredAt, (await beat(entry)).leaseUntil)).toBeLessThanOrEqual(50);
  await set({ sessions: { maxDuration: 7200 } });
  await bench.moveClock(40);
  expect(await outcome(beat(entry))).toBe('entry.ended'); // 30 s after its latest heartbeat
  const again = await enter();
  await bench.moveClock(20);
  expect(await outcome(beat(again))).toBe('granted');
  await set({ sessions: { maxDuration: 10 } });
  expect(await get()).toMatchObject({ state: 'ended', endReason: 'max_duration' });
  expect(await outcome(beat(again))).toBe('entry.ended');
});

test('X.1, X.2: what an org sets holds for what begins from now on, and is told', async () => {
  bench.outside.subscribe('r', 'org-3');
  const actor = { ...bench.actor, orgId: 'org-3', clientId: 'key-3' };
  const running = await bench.enter({ iss: 'key-3', ref: 'r', sid });
  expect(await bench.copy.settings.changeOrg(actor, { sessions: { maxDuration: 60, lastLeftTimeout: true } })).toEqual({
    orgId: 'org-3',
    sessions: { maxDuration: 60, emptyTimeout: null, lastLeftTimeout: true, ownerGoneTimeout: null },
    effective: { maxDuration: 60, emptyTimeout: 60, lastLeftTimeout: 60, ownerGoneTimeout: false },
  });
  await bench.moveClock(61);
  await reap();
  expect(await bench.copy.sessions.get(actor, sid)).toMatchObject({ state: 'open', sessionId: running.sessionId });
  await bench.copy.sessions.end(actor, sid);
  await bench.moveClock(2);
  await bench.enter({ iss: 'key-3', ref: 'r', sid });
  await bench.moveClock(61);
  await reap();
  expect(await bench.copy.sessions.get(actor, sid)).toMatchObject({ endReason: 'max_duration' });
  expect(await bench.copy.settings.changeOrg(actor, { sessions: { maxDuration: null } })).toMatchObject({ effective: { maxDuration: false, lastLeftTimeout: 60 } });
  expect((await bench.events()).filter(({ aggregate }) => aggregate === 'settings/org-3').map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test('X.8: two copies end the same sessions after an outage, each once', async () => {
  const sids = Array.from({ length: 60 }, (_, n) => `${sid}-${n}`);
  for (const each of sids) bench.outside.subscribe(each);
  await Promise.all(sids.map((each) => bench.enter({ sid: each, ref: each })));
  await bench.moveClock(30 * 86_400);
  const rounds = async (copy: Copy) => {
    while ((await copy.reaper.round()) > 0);
  };
  await Promise.all([rounds(bench.copy), rounds(other), rounds(bench.copy), rounds(other)]);
  const ends = (await bench.events()).filter(({ type, data }) => type.includes('session-ended') && String(data['sid']).startsWith(`${sid}-`));
  expect(new Set(ends.map(({ data }) => data['sid'])).size).toBe(60);
  expect(ends).toHaveLength(60);
  // The rest of a link of an hour, and a minute without anybody.
  const lasted = ends.map(({ data }) => seconds(String(data['startedAt']), data['endedAt']));
  expect(lasted.filter((each) => each < 3600 || each > 3660)).toEqual([]);
});

test('X.5: the last one leaving and somebody entering at once: in it, or in a new one, never in one that is over', async () => {
  await set({ sessions: { lastLeftTimeout: 1 } });
  for (let round = 0; round < 6; round += 1) {
    const first = await enter();
    await Promise.all([leave(first), bench.moveClock(2)]);
    const [, entered] = await Promise.all([reap(), other.links.enter(await bench.link({ sid, ref: sid, un: `n${round}` }))]);
    expect(await get()).toMatchObject({ state: 'open', sessionId: entered.sessionId, participants: 1 });
    expect(await outcome(beat(entered))).toBe('granted');
    await leave(entered);
    await bench.moveClock(2);
    await reap();
  }
});

describe('R. Who is in a session', () => {
  test('R.1: now, and before; a lease that ran out holds nobody in', async () => {
    const [ann, bob, cyd] = [await enter({ un: 'Ann' }), await enter({ un: 'Bob' }), await enter({ un: 'Cyd' })];
    await Promise.all([beat(ann), leave(bob)]);
    await bench.moveClock(31);
    const list = async (present?: boolean) => (await bench.copy.entries.presences(bench.actor, { sid, page: 0, count: 200, present })).items.map(({ name, present: is, reason, how, left }) => [name, is, reason, how, left === null]);
    expect(await list(true)).toEqual([['Cyd', true, null, null, true]]);
    expect(await list(false)).toEqual([['Ann', false, 'lapsed', 'inferred', false], ['Bob', false, 'left', 'declared', false]]);
    expect((await list()).map(([name]) => name)).toEqual(['Ann', 'Bob', 'Cyd']);
    expect(cyd.endedAt).toBeNull();
  });

  test('R.2: another role is told once, and stands in lists and heartbeats', async () => {
    const entry = await enter();
    const changes = await Promise.all([bench.copy, other, bench.copy, other].map((copy) => copy.entries.changeRole(bench.actor, { ...entry, role: 'owner' })));
    expect(changes.map(({ role }) => role)).toEqual(['owner', 'owner', 'owner', 'owner']);
    expect((await bench.events(entry.sessionId)).filter(({ type }) => type.includes('role-changed')).map(({ data }) => data)).toEqual([
      { sessionId: entry.sessionId, sid, entryId: entry.entryId, role: 'owner', changedAt: expect.any(String) },
    ]);
    expect((await beat(entry)).role).toBe('owner');
    expect((await bench.copy.entries.list(bench.actor, { page: 0, count: 1, sid })).items[0]?.role).toBe('owner');
  });

  test('R.2: who is not in it any more has no role to change', async () => {
    const entry = await enter();
    await leave(entry);
    expect(await outcome(bench.copy.entries.changeRole(bench.actor, { ...entry, role: 'owner' }))).toBe('entry.ended');
    expect(await outcome(bench.copy.entries.changeRole(bench.actor, { sid, entryId: 'nobody', role: 'owner' }))).toBe('entry.not_found');
    expect(await outcome(bench.copy.entries.changeRole({ ...bench.actor, orgId: 'org-2' }, { ...entry, role: 'owner' }))).toBe('entry.not_found');
  });
});
