import type { RequestInputOf, scheduleSession } from '@parley/dto';
import { Bench, outcome } from '../testing/bench.js';
import { actorOf, type Copy, ISSUER } from '../testing/copy.js';

let bench: Bench;
let other: Copy;

beforeAll(async () => {
  bench = await Bench.start();
  other = await bench.anotherCopy();
});
afterAll(() => bench.stop());

const HOUR = 3600;
const soon = async (seconds: number) => new Date((await bench.now()) * 1000 + seconds * 1000).toISOString();

async function plan(more: Partial<RequestInputOf<typeof scheduleSession>> = {}, from = 10, to = HOUR, copy = bench.copy) {
  return copy.schedule.create(bench.actor, { name: 'Check-up', startsAt: await soon(from), endsAt: await soon(to), rfc1123: false, participants: [], ...more });
}
const add = (sid: string, more: object = {}, copy = bench.copy) => copy.participants.add(bench.actor, { sid, name: 'Ann', ...more });
const jwtOf = ({ entryUrl }: { entryUrl: string }) => entryUrl.slice(entryUrl.lastIndexOf('/') + 1);
const enter = (participant: { entryUrl: string }, copy = bench.copy) => copy.links.enter(jwtOf(participant));
const get = (sid: string, deleted = false) => bench.copy.schedule.get(bench.actor, { sid, deleted });
const toldOf = async (sid: string) => (await bench.events()).filter(({ aggregate }) => aggregate === `scheduled-session/${sid}`).map(({ sequence, type, data }) => [sequence, type.split('.')[2], data]);

describe('A planned session', () => {
  test('V.2, V.7: is what was asked for, with its participants in the order given, and a link each', async () => {
    const session = await plan({ picture: 'any text', participants: [{ name: 'Dr Who', role: 'owner', state: 'x' }, {}] });
    expect(session).toMatchObject({ orgId: 'org-1', clientId: 'key-1', name: 'Check-up', picture: 'any text', cancelledAt: null });
    expect(session.participants.map(({ name, role, state, picture, sid, clientId }) => [name, role, state, picture, sid, clientId])).toEqual([
      ['Dr Who', 'owner', 'x', null, session.sid, 'key-1'],
      [null, 'guest', null, null, session.sid, 'key-1'],
    ]);
    expect(session.participants.every(({ entryUrl }) => entryUrl.startsWith(`${ISSUER}/v1/session/ey`))).toBe(true);
    expect((await get(session.sid)).participants.map(({ participantId }) => participantId)).toEqual(session.participants.map(({ participantId }) => participantId));
  });

  test.each([
    ['starts in the past', -1, HOUR, 'session.times'],
    ['ends when it starts', 10, 10, 'session.times'],
    ['ends before it starts', 100, 10, 'session.times'],
    ['lasts longer than 12 hours', 10, 12 * HOUR + 11, 'session.times'],
    ['lasts 12 hours', 10, 12 * HOUR + 10, 'granted'],
  ])('V.3: %s', async (_what, from, to, code) => {
    const start = await soon(0);
    const at = (seconds: number) => new Date(Date.parse(start) + seconds * 1000).toISOString();
    expect(await outcome(bench.copy.schedule.create(bench.actor, { startsAt: at(from), endsAt: at(to), rfc1123: false, participants: [] }))).toBe(code);
  });

  test('V.4: a change leaves alone what it does not mention; the same start again is no new one', async () => {
    const session = await plan({ participants: [{ name: 'Ann' }] });
    const named = await bench.copy.schedule.change(bench.actor, { sid: session.sid, name: 'Other' });
    expect({ ...named, participants: [] }).toEqual({ ...session, name: 'Other', participants: [] });
    await bench.moveClock(20);
    expect(await bench.copy.schedule.change(bench.actor, { sid: session.sid, startsAt: session.startsAt, picture: 'p' })).toMatchObject({ picture: 'p', startsAt: session.startsAt });
    expect(await outcome(bench.copy.schedule.change(bench.actor, { sid: session.sid, startsAt: await soon(-5) }))).toBe('session.times');
    expect(await outcome(bench.copy.schedule.change(bench.actor, { sid: session.sid, endsAt: session.startsAt }))).toBe('session.times');
  });

  test('V.5: started, it can’t be cancelled; finished, nothing of it can be changed', async () => {
    const { sid, participants: [ann] } = await plan({ participants: [{ name: 'Ann' }] });
    if (!ann) throw new Error('nobody was invited');
    const { cancel } = bench.copy.schedule;
    const cancelled = () => outcome(cancel.call(bench.copy.schedule, bench.actor, sid));
    await bench.moveClock(11);
    expect(await cancelled()).toBe('session.started');
    expect(await outcome(add(sid))).toBe('granted');
    await bench.moveClock(HOUR);
    expect(await cancelled()).toBe('session.finished');
    expect(await outcome(bench.copy.schedule.change(bench.actor, { sid, name: 'x' }))).toBe('session.finished');
    expect(await outcome(add(sid))).toBe('session.finished');
    expect(await outcome(bench.copy.participants.change(bench.actor, { participantId: ann.participantId, name: 'x' }))).toBe('session.finished');
    expect(await outcome(bench.copy.participants.remove(bench.actor, ann.participantId))).toBe('session.finished');
    expect(await get(sid)).toMatchObject({ sid });
  });

  test('V.6, V.14: cancelled, it is 401 by its id, for its participants too, and listed only on demand', async () => {
    const { sid, participants: [ann], startsAt, endsAt } = await plan({ participants: [{ name: 'Ann' }] });
    if (!ann) throw new Error('nobody was invited');
    await bench.copy.schedule.cancel(bench.actor, sid);
    const { schedule, participants } = bench.copy;
    const attempts = [
      ...[get(sid), schedule.change(bench.actor, { sid, name: 'x' }), schedule.cancel(bench.actor, sid), participants.list(bench.actor, { sid, deleted: false })],
      ...[add(sid), participants.get(bench.actor, ann.participantId), participants.change(bench.actor, { participantId: ann.participantId }), participants.remove(bench.actor, ann.participantId)],
    ];
    expect(new Set(await Promise.all(attempts.map((attempt) => outcome(attempt))))).toEqual(new Set(['session.cancelled']));
    expect(await outcome(enter(ann))).toBe('link.revoked');
    const listed = async (cancelled: boolean) =>
      (await schedule.list(bench.actor, { page: 0, count: 200, from: startsAt, to: endsAt, cancelled, deleted: false, reverse: false })).items.some((item) => item.sid === sid);
    expect([await listed(false), await listed(true)]).toEqual([false, true]);
    expect(await bench.copy.sessions.get(bench.actor, sid)).toMatchObject({ state: 'cancelled', endReason: 'cancelled' });
  });

  test('V.8: unknown and foreign look the same', async () => {
    const { sid, participants: [ann] } = await plan({ participants: [{ name: 'Ann' }] });
    const foreign = actorOf('org-2');
    for (const id of [sid, 'nothing']) {
      expect(await outcome(bench.copy.schedule.get(foreign, { sid: id, deleted: false }))).toBe('session.not_found');
      expect(await outcome(bench.copy.schedule.change(foreign, { sid: id, name: 'x' }))).toBe('session.not_found');
      expect(await outcome(bench.copy.schedule.cancel(foreign, id))).toBe('session.not_found');
      expect(await outcome(bench.copy.participants.add(foreign, { sid: id }))).toBe('session.not_found');
      expect(await outcome(bench.copy.participants.list(foreign, { sid: id, deleted: false }))).toBe('session.not_found');
    }
    for (const id of [ann?.participantId ?? '', 'nobody', sid]) {
      expect(await outcome(bench.copy.participants.get(foreign, id))).toBe('participant.not_found');
      expect(await outcome(bench.copy.participants.change(foreign, { participantId: id, name: 'x' }))).toBe('participant.not_found');
      expect(await outcome(bench.copy.participants.remove(foreign, id))).toBe('participant.not_found');
    }
  });

  test('V.9: the list holds what overlaps, by start, a page at a time, both ways', async () => {
    const actor = actorOf('org-list');
    const start = await soon(HOUR);
    const at = (seconds: number) => new Date(Date.parse(start) + seconds * 1000).toISOString();
    for (const [name, from, to] of [['c', 300, 400], ['a', 0, 100], ['b', 50, 350], ['d', 500, 600]] as const) {
      await bench.copy.schedule.create(actor, { name, startsAt: at(from), endsAt: at(to), rfc1123: false, participants: [] });
    }
    const list = async (query: object) => {
      const { items, more } = await bench.copy.schedule.list(actor, { page: 0, count: 200, cancelled: false, deleted: false, reverse: false, ...query });
      return [items.map(({ name }) => name).join(''), more];
    };
    expect(await list({})).toEqual(['abcd', false]);
    expect(await list({ reverse: true })).toEqual(['dcba', false]);
    expect(await list({ from: at(100), to: at(300) })).toEqual(['b', false]);
    expect(await list({ from: at(99), to: at(301) })).toEqual(['abc', false]);
    expect(await list({ from: at(400) })).toEqual(['d', false]);
    expect(await list({ to: at(50) })).toEqual(['a', false]);
    expect(await list({ count: 3 })).toEqual(['abc', true]);
    expect(await list({ count: 3, page: 1 })).toEqual(['d', false]);
    expect(await list({ count: 2, page: 1 })).toEqual(['cd', false]);
    expect(await list({ page: 9 })).toEqual(['', false]);
  });

  test('V.12: tells what happens to it, in one line of numbers', async () => {
    const { sid, startsAt, endsAt, participants: [ann] } = await plan({ participants: [{ name: 'Ann' }] });
    const id = ann?.participantId ?? '';
    await bench.copy.participants.change(bench.actor, { participantId: id, role: 'owner' });
    await bench.copy.schedule.change(bench.actor, { sid, name: 'Later' });
    await bench.copy.participants.remove(bench.actor, id);
    await bench.copy.schedule.cancel(bench.actor, sid);
    const invitation = { sid, participantId: id, clientId: 'key-1', name: 'Ann' };
    expect(await toldOf(sid)).toEqual([
      [1, 'session-scheduled', { sid, name: 'Check-up', startsAt, endsAt, clientId: 'key-1' }],
      [2, 'participant-invited', { ...invitation, role: 'guest' }],
      [3, 'invitation-changed', { ...invitation, role: 'owner' }],
      [4, 'session-rescheduled', { sid, name: 'Later', startsAt, endsAt }],
      [5, 'invitation-withdrawn', { sid, participantId: id, withdrawnAt: expect.any(String) }],
      [6, 'session-cancelled', { sid, cancelledAt: expect.any(String) }],
    ]);
    expect(JSON.stringify(await bench.events())).not.toContain('/v1/session/ey');
  });
});

describe('The link of a participant', () => {
  test('V.10, V.14: lets in, in the window, without any subscription; the row says who comes', async () => {
    const { sid, endsAt, participants: [ann, host] } = await plan({ participants: [{}, { name: 'Dr Who', role: 'owner' }] }, 120);
    if (!ann || !host) throw new Error('nobody was invited');
    expect(await bench.copy.sessions.get(bench.actor, sid)).toMatchObject({ sid, state: 'scheduled', ended: null, participants: 0 });
    expect(await outcome(enter(ann))).toBe('link.not_yet_valid');
    await bench.moveClock(61); // 60 s of leeway, as for any link
    const asked = bench.outside.asked.length;
    const entry = await enter(ann, other);
    expect(bench.outside.asked.slice(asked)).toEqual(['rpc.auth.internal.find-client']);
    expect(entry).toMatchObject({ sid, name: 'Guest', role: 'guest', clientId: 'key-1', subscriptionId: null });
    expect((await enter(ann)).sessionId).toBe(entry.sessionId);
    expect(await enter(host)).toMatchObject({ name: 'Dr Who', role: 'owner' });
    expect(await bench.copy.sessions.get(bench.actor, sid)).toMatchObject({ state: 'open', participants: 2 });
    expect(await bench.copy.links.preview(jwtOf(host))).toMatchObject({ name: 'Dr Who', role: 'owner', sid, state: 'open', participants: 2, returnUrl: null });
    await bench.moveClock(HOUR);
    expect(await outcome(enter(ann))).toBe('link.expired');
    await bench.copy.reaper.round();
    expect(await bench.copy.sessions.get(bench.actor, sid)).toMatchObject({ state: 'ended', endReason: 'window_closed', ended: endsAt });
  });

  test('V.10: five seats, as everywhere', async () => {
    const { participants } = await plan({ participants: Array.from({ length: 6 }, (_, n) => ({ name: `p${n}` })) });
    await bench.moveClock(11);
    const codes = await Promise.all(participants.map((participant, n) => outcome(enter(participant, n % 2 ? other : bench.copy))));
    expect(codes.sort()).toEqual(['granted', 'granted', 'granted', 'granted', 'granted', 'session.full']);
  });

  test('V.10: follows its session to another time, also while people are in it', async () => {
    const { sid, participants: [ann] } = await plan({ participants: [{ name: 'Ann' }] });
    if (!ann) throw new Error('nobody was invited');
    await bench.moveClock(11);
    await enter(ann);
    const endsAt = await soon(2 * HOUR);
    await bench.copy.schedule.change(bench.actor, { sid, endsAt });
    await bench.moveClock(HOUR + 60);
    await bench.copy.reaper.round();
    expect(await enter(ann)).toMatchObject({ sid, name: 'Ann' });
    const sooner = await soon(30);
    await bench.copy.schedule.change(bench.actor, { sid, endsAt: sooner });
    await bench.moveClock(31);
    await bench.copy.reaper.round();
    expect(await bench.copy.sessions.get(bench.actor, sid)).toMatchObject({ state: 'ended', endReason: 'window_closed', ended: sooner });
  });

  test('V.11: stops when the participant is removed, who then leaves, and is shown only on demand', async () => {
    const { sid, participants: [ann, bob] } = await plan({ participants: [{ name: 'Ann' }, { name: 'Bob' }] });
    if (!ann || !bob) throw new Error('nobody was invited');
    await bench.moveClock(11);
    const [entry] = [await enter(ann), await enter(bob)];
    await bench.copy.participants.remove(bench.actor, ann.participantId);
    expect(await outcome(enter(ann))).toBe('link.revoked');
    expect(await outcome(bench.copy.entries.heartbeat({ kind: 'entry', ...entry }, entry))).toBe('entry.ended');
    expect((await bench.events(entry.sessionId)).at(-1)?.data).toMatchObject({ entryId: entry.entryId, reason: 'removed' });
    expect(await outcome(enter(bob))).toBe('granted');
    const names = async (deleted: boolean) => (await get(sid, deleted)).participants.map(({ name, deletedAt }) => [name, deletedAt !== null]);
    expect([await names(false), await names(true)]).toEqual([[['Bob', false]], [['Ann', true], ['Bob', false]]]);
    expect((await bench.copy.participants.list(bench.actor, { sid, deleted: true })).items).toHaveLength(2);
    expect(await outcome(bench.copy.participants.get(bench.actor, ann.participantId))).toBe('participant.not_found');
    expect(await outcome(bench.copy.participants.remove(bench.actor, ann.participantId))).toBe('participant.not_found');
  });

  test('V.11: a new role holds for the next entry and for who is in already', async () => {
    const { participants: [ann] } = await plan({ participants: [{ name: 'Ann' }] });
    if (!ann) throw new Error('nobody was invited');
    await bench.moveClock(11);
    const entry = await enter(ann);
    expect(await bench.copy.participants.change(bench.actor, { participantId: ann.participantId, role: 'owner' })).toMatchObject({ role: 'owner', name: 'Ann' });
    expect(await bench.copy.entries.heartbeat({ kind: 'entry', ...entry }, entry)).toMatchObject({ role: 'owner' });
    expect(await enter(ann)).toMatchObject({ role: 'owner' });
    expect((await bench.events(entry.sessionId)).filter(({ type }) => type.includes('role-changed'))).toHaveLength(1);
  });

  test('V.10: is closed by C11, and by a client that is disabled; one made later opens the session again', async () => {
    const { sid, participants: [ann] } = await plan({ participants: [{ name: 'Ann' }] });
    if (!ann) throw new Error('nobody was invited');
    await bench.moveClock(11);
    await enter(ann);
    await bench.copy.sessions.end(bench.actor, sid);
    expect(await outcome(enter(ann))).toBe('link.revoked');
    await bench.moveClock(1);
    const { participantId } = await add(sid);
    const late = (await get(sid)).participants.find((each) => each.participantId === participantId) ?? ann;
    expect(await outcome(enter(late))).toBe('granted');
    bench.outside.clientActive = false;
    expect(await outcome(enter(late))).toBe('link.revoked');
    bench.outside.clientActive = true;
    bench.outside.away.add('auth');
    expect(await outcome(enter(late))).toBe('unavailable');
    bench.outside.away.clear();
  });

  test('L.3: a link that a client signed for the same name leads to the same session, and knows its window', async () => {
    bench.outside.subscribe('dr-grey');
    const { sid, participants: [ann] } = await plan({ participants: [{ name: 'Ann' }] }, 100);
    if (!ann) throw new Error('nobody was invited');
    expect(await bench.codeOf({ sid })).toBe('link.not_yet_valid');
    await bench.moveClock(101);
    expect((await bench.enter({ sid })).sessionId).toBe((await enter(ann)).sessionId);
  });
});

describe('At once', () => {
  test('V.5: cancelling and entering a little early: whoever got in before is out after', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { sid, participants } = await plan({ participants: [{}, {}, {}] });
      const [codes, cancelled] = await Promise.all([
        Promise.all(participants.map((participant, n) => outcome(enter(participant, n % 2 ? other : bench.copy)))),
        outcome(bench.copy.schedule.cancel(bench.actor, sid)),
      ]);
      expect(cancelled).toBe('granted');
      expect(codes.every((code) => ['granted', 'link.revoked'].includes(code))).toBe(true);
      expect(await bench.copy.db.query('select from lease l join entry e on e.id = l.entry_id where e.sid = $1', [sid])).toEqual([]);
    }
  });

  test('V.4: two changes of one session, each whole; two cancellations, one of them', async () => {
    const { sid } = await plan();
    const change = (copy: Copy, name: string, picture: string) => copy.schedule.change(bench.actor, { sid, name, picture });
    await Promise.all([change(bench.copy, 'a', 'a'), change(other, 'b', 'b'), change(bench.copy, 'c', 'c'), change(other, 'd', 'd')]);
    const { name, picture } = await get(sid);
    expect(name).toBe(picture);
    const codes = await Promise.all([bench.copy, other, bench.copy].map((copy) => outcome(copy.schedule.cancel(bench.actor, sid))));
    expect(codes.sort()).toEqual(['granted', 'session.cancelled', 'session.cancelled']);
    expect((await toldOf(sid)).map(([sequence]) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('V.11: removing a participant and entering: they are out, whoever was first', async () => {
    const { sid, participants } = await plan({ participants: Array.from({ length: 4 }, (_, n) => ({ name: `p${n}` })) });
    await bench.moveClock(11);
    await Promise.all(participants.flatMap((each) => [outcome(enter(each)), bench.copy.participants.remove(bench.actor, each.participantId), outcome(enter(each, other))]));
    expect(await bench.copy.db.query('select from lease l join entry e on e.id = l.entry_id where e.sid = $1', [sid])).toEqual([]);
    expect(new Set(await Promise.all(participants.map((each) => outcome(enter(each)))))).toEqual(new Set(['link.revoked']));
  });
});
