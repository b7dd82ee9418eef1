import { randomUUID } from 'node:crypto';
import { callEnded, type CallEndReason, callPlaced, callSid, type CloudEvent, type PlacedCallDto } from '@parley/dto';
import { Bench, outcome } from '../testing/bench.js';
import { actorOf, type Copy } from '../testing/copy.js';
import { ORG } from '../testing/outside-world.js';

let bench: Bench;
let other: Copy;

beforeAll(async () => {
  bench = await Bench.start();
  other = await bench.anotherCopy();
});
afterAll(() => bench.stop());
beforeEach(() => bench.outside.away.clear());

const HOURS = 3600;
const at = async (seconds = 0) => new Date((await bench.now()) * 1000 + seconds * 1000).toISOString();

/** A call that call-service knows; session-service has not heard of it. */
async function place(more: Partial<PlacedCallDto> = {}, lasts = 4 * HOURS): Promise<PlacedCallDto> {
  const who = { callId: randomUUID(), orgId: ORG, userId: randomUUID(), username: 'ada', clientId: 'key-1', number: '+4722225555' };
  const times = { placedAt: await at(), answeredAt: null, expiresAt: await at(lasts), endedAt: null };
  const call: PlacedCallDto = { ...who, state: 'queued', autoEnd: false, ...times, endReason: null, durationSeconds: 0, ...more };
  bench.outside.calls.set(call.callId, call);
  return call;
}
const envelope = { orgid: ORG } as CloudEvent;
const hear = (call: PlacedCallDto, { db, callNews } = bench.copy) => db.write([], (tx) => callNews.open(callPlaced.data.parse({ ...call, sid: callSid(call.callId) }), tx, envelope));
const hearEnd = async ({ callId, userId, placedAt }: PlacedCallDto, { db, callNews } = bench.copy, reason: CallEndReason = 'stopped') => {
  const data = callEnded.data.parse({ callId, sid: callSid(callId), userId, state: 'completed', placedAt, answeredAt: null, endedAt: await at(), reason });
  await db.write([], (tx) => callNews.close(data, tx, envelope));
};
const invite = ({ callId }: { callId: string }, copy = bench.copy, org = ORG) => copy.callSessions.invite(actorOf(org), callId);
const jwtOf = (url: string | null) => url?.slice(url.lastIndexOf('/') + 1) ?? '';
const enter = (url: string | null, copy = bench.copy) => copy.links.enter(jwtOf(url));
const sessionOf = ({ callId }: PlacedCallDto) => bench.copy.sessions.get(bench.actor, callSid(callId));

describe('The session of a placed call', () => {
  test('S.2: is there once the call is placed: its caller comes as owner, its callee as guest, each by a link of their own', async () => {
    const call = await place();
    await hear(call);
    bench.outside.away.add('call');
    expect(await sessionOf(call)).toMatchObject({ state: 'scheduled', started: call.placedAt, participants: 0 });

    const { caller, callee } = await invite(call);
    const entries = [await enter(caller), await enter(callee, other)];
    expect(entries.map(({ sid, name, role, clientId }) => [sid, name, role, clientId])).toEqual([
      [callSid(call.callId), 'ada', 'owner', 'key-1'],
      [callSid(call.callId), '+4722225555', 'guest', 'key-1'],
    ]);
    expect(new Set(entries.map(({ sessionId }) => sessionId)).size).toBe(1);
  });

  test.each<[CallEndReason, string]>([
    ['stopped', 'declared'],
    ['bridge', 'observed'],
  ])('C14.1: whoever is in it when it ends (%s) is out, and that is %s', async (reason, how) => {
    const call = await place();
    await hear(call);
    const { entryId } = await enter((await invite(call)).caller);
    await hearEnd(call, bench.copy, reason);
    const left = (await bench.events()).filter(({ type, data }) => type.includes('participant-left') && data['entryId'] === entryId);
    expect(left.map(({ data }) => [data['reason'], data['how']])).toEqual([['session_ended', how]]);
  });

  test('S.2: can be entered before its news have come; they change nothing then, however many fetch it at once', async () => {
    const calls = await Promise.all(Array.from({ length: 20 }, () => place()));
    const urls = await Promise.all(calls.flatMap((call) => [invite(call), invite(call, other), hear(call, other).then(() => invite(call)), hear(call).then(() => invite(call, other))]));
    const parties = await bench.copy.db.query<{ count: number }>('select count(*) from scheduled_participant where session_id = any($1) group by session_id', [calls.map(({ callId }) => callSid(callId))]);

    expect(parties.map(({ count }) => count)).toEqual(Array(20).fill(2));
    expect((await enter(urls[0]?.callee ?? null)).role).toBe('guest');
  });

  test('H1: nobody is invited to a call that is over, unknown, or another org’s; nor while nobody can say', async () => {
    const over = await place({ endedAt: await at(), endReason: 'stopped', state: 'canceled' });
    expect(await invite(over)).toEqual({ caller: null, callee: null });
    expect(await outcome(invite({ callId: randomUUID() }))).toBe('call.not_found');
    const known = await place();
    await hear(known);
    expect((await invite(known, bench.copy, 'org-2').catch(() => ({ caller: null }))).caller).toBeNull();
    bench.outside.away.add('call');
    expect(await outcome(invite({ callId: randomUUID() }))).toBe('unavailable');
  });

  test('S.3: ends with the call: whoever is in is out, and no link leads in again, of whatever kind', async () => {
    const call = await place();
    await hear(call);
    const { caller, callee } = await invite(call);
    const { sessionId } = await enter(caller);
    await hearEnd(call, other);
    await hearEnd(call);

    expect((await bench.events(sessionId)).slice(-2).map(({ type, data }) => [type.split('.')[2], data['reason']])).toEqual([['participant-left', 'session_ended'], ['session-ended', 'ended']]);
    bench.outside.subscribe('dr-grey');
    expect([await outcome(enter(caller)), await outcome(enter(callee, other)), await bench.codeOf({ sid: callSid(call.callId) })]).toEqual(Array(3).fill('link.revoked'));
    expect(await invite(call)).toEqual({ caller: null, callee: null });
    expect(await sessionOf(call)).toMatchObject({ sessionId, state: 'ended', endReason: 'ended' });
  });

  test('S.3: where nobody came it has ended too', async () => {
    const call = await place();
    await hear(call);
    await hearEnd(call);
    expect(await sessionOf(call)).toMatchObject({ state: 'ended', endReason: 'ended', participants: 0 });
  });

  test('S.3: people who leave end nothing, also where the org has set that they do', async () => {
    await bench.copy.settings.changeOrg(bench.actor, { sessions: { lastLeftTimeout: 1, emptyTimeout: 1, ownerGoneTimeout: 1, maxDuration: 60 } });
    const call = await place({}, 20 * HOURS);
    await bench.copy.links.enter(await bench.link({ sid: callSid(call.callId), ref: bench.outside.subscribe('dr-red').ref })); // before the news
    await hear(call);
    const { caller } = await invite(call);
    const { sessionId } = await enter(caller);
    await bench.moveClock(19 * HOURS);
    while (await bench.copy.reaper.round());

    expect(await enter(caller)).toMatchObject({ sessionId });
    await bench.moveClock(2 * HOURS);
    await bench.copy.reaper.round();
    expect(await sessionOf(call)).toMatchObject({ sessionId, state: 'ended', endReason: 'window_closed' });
    expect(await outcome(enter(caller))).toMatch(/^link\.(expired|revoked)$/);
  });

  test('V.1: is none that the later sessions API has planned', async () => {
    const call = await place();
    await hear(call);
    const sid = callSid(call.callId);
    const { items } = await bench.copy.schedule.list(bench.actor, { page: 0, count: 100, cancelled: true, deleted: true, reverse: true });

    expect(items.map((each) => each.sid)).not.toContain(sid);
    const { schedule, participants } = bench.copy;
    const tries = [schedule.get(bench.actor, { sid, deleted: false }), schedule.change(bench.actor, { sid, name: 'x' }), schedule.cancel(bench.actor, sid), participants.list(bench.actor, { sid, deleted: false }), participants.add(bench.actor, { sid })];
    expect(await Promise.all(tries.map((each: Promise<unknown>) => outcome(each)))).toEqual(Array(5).fill('session.not_found'));
  });
});
