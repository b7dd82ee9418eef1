import { eventually, notYet } from '@parley/testing';
import { Bench, outcome, slowDown } from '../testing/bench.js';
import { actorOf } from '../testing/copy.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
  bench.outside.subscribe('dr-grey');
});
afterEach(() => bench.stop());

const end = (sid = 'room-1') => bench.copy.sessions.end(bench.actor, sid);
const get = (sid = 'room-1') => bench.copy.sessions.get(bench.actor, sid);

test('C11.1: ending a session ends every entry, then the session', async () => {
  const first = await bench.enter();
  const second = await bench.enter({ un: 'Bob' });

  expect(await end()).toMatchObject({ sessionId: first.sessionId, sid: 'room-1', orgId: 'org-1', state: 'ended', endReason: 'ended', participants: 0 });

  const events = await bench.events(first.sessionId);
  expect(events.map(({ type, sequence }) => [sequence, type.split('.')[2]])).toEqual([
    [1, 'session-started'],
    [2, 'entry-granted'],
    [3, 'entry-granted'],
    [4, 'participant-left'],
    [5, 'participant-left'],
    [6, 'session-ended'],
  ]);
  expect(events.slice(3, 5).map(({ data }) => data['entryId'])).toEqual([first.entryId, second.entryId]);
  const actor = { kind: 'entry' as const, ...first };
  expect(await outcome(bench.copy.entries.heartbeat(actor, first))).toBe('entry.ended');
});

test('C11.1: ending it again gives the same answer and tells nothing', async () => {
  await bench.enter();
  const first = await end();
  const told = await bench.events();
  await bench.moveClock(100);

  expect(await end()).toEqual(first);
  expect(await bench.events()).toEqual(told);
});

test('C11.2: links signed before the end do not work any more; one signed later opens a new occurrence', async () => {
  const early = await bench.link();
  const first = await bench.copy.links.enter(early);
  await end();

  expect(await outcome(bench.copy.links.enter(early))).toBe('link.revoked');
  expect(await bench.codeOf({ iat: undefined })).toBe('link.revoked');
  await bench.moveClock(2);
  expect(await outcome(bench.copy.links.enter(early))).toBe('link.revoked');
  const later = await bench.enter();
  expect(later.sessionId).not.toBe(first.sessionId);
  expect(await get()).toMatchObject({ sessionId: later.sessionId, state: 'open', participants: 1 });
});

test('C11.2: ending a session that is over already closes its name to the links of the time between', async () => {
  await bench.enter();
  const first = await end();
  await bench.moveClock(10);
  const between = await bench.link();
  await bench.moveClock(10);

  expect(await end()).toEqual(first);
  expect(await outcome(bench.copy.links.enter(between))).toBe('link.revoked');
});

test('other sessions of the org stay open to their links', async () => {
  const early = await bench.link({ sid: 'room-2', ref: 'dr-house' });
  bench.outside.subscribe('dr-house');
  await bench.enter();
  await end();
  expect(await outcome(bench.copy.links.enter(early))).toBe('granted');
});

test('a session that nobody came back to is told as empty, not as ended', async () => {
  const entry = await bench.enter();
  await bench.copy.entries.leave({ kind: 'entry', ...entry }, entry);
  await bench.moveClock(61);
  expect(await end()).toMatchObject({ endReason: 'empty' });
});

test('a name never used, or another org’s, is not found', async () => {
  await bench.enter();
  expect(await outcome(get('room-9'))).toBe('session.not_found');
  expect(await outcome(end('room-9'))).toBe('session.not_found');
  expect(await outcome(bench.copy.sessions.get(actorOf('org-2'), 'room-1'))).toBe('session.not_found');
  expect(await outcome(bench.copy.sessions.end(actorOf('org-2'), 'room-1'))).toBe('session.not_found');
});

test('while many enter and it is ended, nobody with an old link is in it afterwards', async () => {
  const other = await bench.anotherCopy();
  const links = await Promise.all(Array.from({ length: 20 }, () => bench.link({ sub: 'u1' })));
  await bench.copy.links.enter(links[0] ?? '');
  await Promise.all([slowDown(bench.copy), slowDown(other)]);
  const entering = links.map((link, index) => outcome((index % 2 ? bench.copy : other).links.enter(link)));
  await eventually(async () => (await bench.copy.db.query('select from lease')).length > 1 || notYet('only the first is in'));

  await end();
  const after = await bench.events();
  const codes = await Promise.all(entering);

  expect(await bench.events()).toEqual(after);
  expect(await bench.copy.db.query('select from lease')).toEqual([]);
  expect(codes).toContain('granted');
  expect(codes.filter((code) => !['granted', 'link.revoked'].includes(code))).toEqual([]);
});
