import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@parley/dto';
import { eventually, notYet } from '@parley/testing';
import { subscriptionLock } from '../sessions/session-locks.js';
import { Bench, outcome, slowDown } from '../testing/bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench.stop());

const owner = { rle: 'owner', email: 'grey@example.org' };
const entries = async () => (await bench.copy.db.query<{ count: number }>('select count(*) as count from entry'))[0]?.count;
const typesOf = (events: { type: string }[]) => events.map(({ type }) => type.split('.')[2]);
const event = { orgid: 'org-1' } as CloudEvent;

const closing = (subscriptionId: string, more: object = {}) => ({ orgId: 'org-1', subscriptionId, ref: 'dr-grey', version: 2, endSessions: false, ...more });

test('once a removal has answered no admission commits, although the owner of subscriptions told an old story meanwhile', async () => {
  const { subscriptionId } = bench.outside.subscribe('dr-grey');
  const other = await bench.anotherCopy();
  await slowDown(other);
  await slowDown(bench.copy);
  await bench.enter({ ...owner, sid: 'room-0' });
  const asking = Array.from({ length: 20 }, (_, index) => bench.codeOf({ ...owner, sid: 'room-0', un: `n${index}` }, index % 2 ? bench.copy : other));
  await eventually(async () => ((await entries()) ?? 0) > 1 || notYet('only the first is in'));

  await other.doors.close(closing(subscriptionId));
  const before = await entries();
  const codes = await Promise.all(asking);

  expect(await entries()).toBe(before);
  expect(codes).toContain('granted');
  expect(codes.filter((code) => !['granted', 'subscription.inactive'].includes(code))).toEqual([]);
  expect(await bench.codeOf(owner)).toBe('subscription.inactive');
});

test('people already in a session are let finish', async () => {
  const { subscriptionId } = bench.outside.subscribe('dr-grey');
  const entry = await bench.enter(owner);

  await bench.copy.doors.close(closing(subscriptionId));

  expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ state: 'open', participants: 1 });
  expect(await bench.copy.entries.heartbeat({ kind: 'entry', ...entry }, entry)).toMatchObject({ endedAt: null });
});

test('unless they are not: then the session ends for everybody', async () => {
  const { subscriptionId } = bench.outside.subscribe('dr-grey');
  bench.outside.subscribe('dr-house');
  const { sessionId } = await bench.enter(owner);
  await bench.enter({ ref: 'dr-house', rle: 'owner', email: 'house@example.org' });

  await bench.copy.doors.close(closing(subscriptionId, { endSessions: true }));

  const events = await bench.events(sessionId);
  expect(typesOf(events)).toEqual(['session-started', 'entry-granted', 'entry-granted', 'participant-left', 'participant-left', 'session-ended']);
  expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(events[5]?.data).toMatchObject({ reason: 'subscription_removed' });
  expect(events[4]?.data).toMatchObject({ reason: 'session_ended', how: 'declared' });
});

test('a removal that asks for the end of sessions the second time gets it', async () => {
  const { subscriptionId } = bench.outside.subscribe('dr-grey');
  await bench.enter(owner);
  await bench.copy.doors.close(closing(subscriptionId));
  await bench.copy.doors.close(closing(subscriptionId, { endSessions: true }));
  expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ state: 'ended', endReason: 'subscription_removed' });
});

test('news that come late or twice change nothing', async () => {
  const { subscriptionId } = bench.outside.subscribe('dr-grey');
  const created = { subscriptionId, ref: 'dr-grey', name: 'Dr Grey', startedAt: '2026-11-01T09:00:00.000Z', version: 1 };
  const removed = { subscriptionId, ref: 'dr-grey', endedAt: '2026-11-02T09:00:00.000Z', endSessions: false, version: 2 };
  const { db, doorNews } = bench.copy;

  await db.write([], (tx) => doorNews.close(removed, tx, event));
  await db.write([], (tx) => doorNews.open(created, tx, event));
  await db.write([], (tx) => doorNews.open(created, tx, event));

  expect(await db.query('select version, open from subscription_door')).toEqual([{ version: 2, open: false }]);
  expect(await bench.codeOf()).toBe('subscription.inactive');
});

test.each([false, true])('news of a removal that is whole already wait for nobody (sessions ended: %s)', async (endSessions) => {
  const { subscriptionId } = bench.outside.subscribe('dr-grey');
  await bench.enter(owner);
  await bench.copy.doors.close(closing(subscriptionId, { endSessions }));
  const removed = { subscriptionId, ref: 'dr-grey', endedAt: '2026-11-02T09:00:00.000Z', endSessions, version: 2 };
  const other = await bench.anotherCopy();

  const hear = () =>
    other.db.write([], async (tx) => {
      await tx.query("set local lock_timeout = '1s'");
      await other.doorNews.close(removed, tx, event);
    });
  expect(await outcome(bench.copy.db.write([subscriptionLock('org-1', 'dr-grey')], hear))).toBe('granted');
});

test('an event finishes what a failed request began', async () => {
  const { subscriptionId } = bench.outside.subscribe('dr-grey');
  await bench.enter(owner);
  const removed = { subscriptionId, ref: 'dr-grey', endedAt: '2026-11-02T09:00:00.000Z', endSessions: true, version: 2 };

  await bench.copy.db.write([], (tx) => bench.copy.doorNews.close(removed, tx, event));

  expect(await bench.codeOf(owner)).toBe('subscription.inactive');
  expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ state: 'ended' });
});

test('a door opened by an event needs no question', async () => {
  const created = { subscriptionId: randomUUID(), ref: 'dr-new', name: 'Dr New', startedAt: '2026-11-01T09:00:00.000Z', version: 1 };
  await bench.copy.db.write([], (tx) => bench.copy.doorNews.open(created, tx, event));
  bench.outside.away.add('subscription');

  expect(await bench.codeOf({ ref: 'dr-new' })).toBe('granted');
});

test('a ref used again by a new subscription lets people in under the new one', async () => {
  const old = bench.outside.subscribe('dr-grey');
  await bench.enter();
  await bench.copy.doors.close(closing(old.subscriptionId));
  const fresh = bench.outside.subscribe('dr-grey');

  expect(await bench.enter({ sid: 'room-2' })).toMatchObject({ subscriptionId: fresh.subscriptionId });
});
