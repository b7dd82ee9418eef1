import { randomUUID } from 'node:crypto';
import { type BridgeState, type CallState, callSid, type CloudEvent, type UserCallDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { withRequest } from '@parley/platform';
import { adminOf, CallBench, MAX_DURATION, operator, ORG, outcomeOf, userOf } from '../testing/call-bench.js';

let bench: CallBench;

beforeAll(async () => void (bench = await CallBench.start()));
afterAll(() => bench.stop());

const org: Actor = userOf('key-1', 'key-1');
const calls = (copy = 0) => bench.copies[copy]!.calls;
const place = (user: Actor = userOf(), autoEnd = false, number = '1') => bench.copy.placing.place(user, { number, autoEnd });
const slotsOf = async (callId: string) => (await bench.copy.db.query('select from call_slot where call_id = $1', [callId])).length;
const typesOf = async (callId: string) => (await bench.events(callId)).map(({ type }) => type.replace('evt.call.call-', ''));

/** Tells what session-service would tell of people in the session of the call. */
class People {
  constructor(private readonly call: UserCallDto) {}

  async enters(role: 'owner' | 'guest', entryId: string = randomUUID(), orgId = ORG): Promise<string> {
    const at = new Date().toISOString();
    const entry = { sessionId: randomUUID(), sid: callSid(this.call.callId), entryId, clientId: 'key-1', subscriptionId: null, name: role, role, enteredAt: at };
    await bench.copy.db.write([], (tx) => bench.copy.sessionNews.enter(entry, tx, { orgid: orgId } as CloudEvent));
    return entryId;
  }

  async leaves(entryId: string): Promise<void> {
    const left = { sessionId: randomUUID(), sid: callSid(this.call.callId), entryId, leftAt: new Date().toISOString(), reason: 'left' as const, how: 'declared' as const };
    await bench.copy.db.write([], (tx) => bench.copy.sessionNews.leave(left, tx, { orgid: ORG } as CloudEvent));
  }
}

const stateOf = async ({ callId }: UserCallDto): Promise<CallState> => (await calls().get(org, callId)).state;

describe('a call', () => {
  it('is stopped once, however often and by whichever application of its user', async () => {
    const subject = randomUUID();
    const call = await place(userOf(subject));
    const stops = await Promise.all(Array.from({ length: 8 }, (_, n) => calls(n % 2).stop(userOf(subject, `app-${n}`), call.token)));
    await bench.moveClock(5);

    const again = await calls().stop(userOf(subject), call.token);

    expect(new Set(stops.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(again).toEqual(stops[0]);
    expect(again).toMatchObject({ state: 'canceled', endReason: 'stopped' });
    expect([await typesOf(call.callId), await slotsOf(call.callId)]).toEqual([['placed.v1', 'ended.v1'], 0]);
  });

  it('is its user’s only: another’s is as unknown as none', async () => {
    const call = await place();
    for (const [user, token] of [[userOf(), call.token], [userOf(call.userId, 'app-1', 'org-2'), call.token], [userOf(call.userId), 'unknown'], [userOf(call.userId), '\u0000'], [userOf(call.userId), '']] as const) {
      expect(await outcomeOf(calls().find(user, token))).toBe('call.unknown');
      expect(await outcomeOf(calls().stop(user, token))).toBe('call.unknown');
    }
    expect(await calls().find(userOf(call.userId, 'another-app'), call.token)).toMatchObject({ callId: call.callId });
  });

  it('of another org is not found by its id, nor what could be no id', async () => {
    const { callId } = await place();
    for (const [actor, id] of [[userOf('k', 'k', 'org-2'), callId], [org, randomUUID()], [org, 'x']] as const) {
      expect(await outcomeOf(calls().get(actor, id))).toBe('call.not_found');
      expect(await outcomeOf(calls().report(actor, id, 'ringing'))).toBe('call.not_found');
    }
  });

  it('that nobody stops is ended once by the copies, at the moment at which it was over, however long they were away', async () => {
    const placed = [await place(), await place(), await place()];
    await calls().report(org, placed[1]!.callId, 'in-progress');
    await bench.moveClock(MAX_DURATION * 50);

    const ended = await Promise.all([0, 1, 0, 1].map((copy) => calls(copy).endDue(2)));
    while ((await calls().endDue(100)) > 0);

    expect(ended.every((each) => each <= 2)).toBe(true);
    for (const [n, call] of placed.entries()) {
      const over = await calls().get(org, call.callId);
      expect(over).toMatchObject({ endedAt: call.expiresAt, endReason: 'expired', durationSeconds: MAX_DURATION, state: n === 1 ? 'completed' : 'no-answer' });
      expect((await typesOf(call.callId)).filter((type) => type === 'ended.v1')).toHaveLength(1);
      expect(await slotsOf(call.callId)).toBe(0);
    }
  });

  it('stopped after it was over has expired, not stopped', async () => {
    const user = userOf();
    const call = await place(user);
    await bench.moveClock(MAX_DURATION + 60);

    expect(await calls().stop(user, call.token)).toMatchObject({ endReason: 'expired', endedAt: call.expiresAt });
    expect((await calls().listOngoing(user, undefined)).items).toEqual([]);
  });

  it('is listed with the others that go on, the oldest first, in pages', async () => {
    bench.auth.rules = { org: { callsPerUser: 600 } };
    const user = userOf(undefined, 'app-pages', 'org-pages');
    for (let n = 0; n < 503; n += 1) await place(user);
    bench.auth.rules = {};

    const first = await calls().listOngoing(user, undefined);
    const second = await calls().listOngoing(user, first.next!);

    expect([first.items.length, second.items.length, second.next]).toEqual([500, 3, null]);
    expect(new Set([...first.items, ...second.items].map(({ callId }) => callId)).size).toBe(503);
    expect(await outcomeOf(calls().listOngoing(user, 'nonsense'))).toBe('page.after');
  });
});

describe('a bridge', () => {
  const ended = ['completed', 'busy', 'failed', 'no-answer', 'canceled'] as const;
  it.each<[string, BridgeState[], string]>([
    ['an answered call', ['ringing', 'in-progress', 'completed'], 'completed'],
    ['a call nobody saw ringing', ['in-progress', 'failed'], 'failed'],
    ...ended.map((state): [string, BridgeState[], string] => [`a call that ends ${state} at once`, [state], state]),
    ...ended.map((state): [string, BridgeState[], string] => [`a call that rang and ended ${state}`, ['ringing', state], state]),
    ['the same twice', ['ringing', 'ringing', 'busy', 'busy'], 'busy'],
    ['ringing after the answer', ['in-progress', 'ringing'], 'call.report_late'],
    ['busy after the answer', ['in-progress', 'busy'], 'call.report_late'],
    ['no answer after the answer', ['in-progress', 'no-answer'], 'call.report_late'],
    ['something after the end', ['completed', 'ringing'], 'call.ended'],
    ['another end', ['busy', 'failed'], 'call.ended'],
  ])('tells %s', async (_, reports, outcome) => {
    const call = await place();
    let last = '';
    for (const state of reports) last = await outcomeOf(calls().report(org, call.callId, state));

    expect(last === 'done' ? await stateOf(call) : last).toBe(outcome);
    const sequences = (await bench.events(call.callId)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_each, n) => n + 1));
    expect(await slotsOf(call.callId)).toBe((await calls().get(org, call.callId)).endedAt === null ? 1 : 0);
  });

  it.each<[string, (callId: string) => Promise<unknown>]>([
    ['reported', (callId) => calls().report(org, callId, 'ringing')],
    ['ended by an administrator', (callId) => calls().endFor(operator, undefined, callId)],
  ])('I.2: %s under a key is answered again as it was, whatever it has come to since', async (how, act) => {
    const call = await place();
    const request = async (fingerprint: string, id = call.callId) => {
      const idempotency = { key: `${how} ${call.callId}`, fingerprint, replayed: false };
      const once = { orgId: ORG, clientId: 'key-1', secret: false, idempotency };
      return [await withRequest({ requestId: 'r', deadline: Date.now() + 60_000, once }, () => act(id)), idempotency.replayed];
    };
    const [first] = await request('the first');
    if (how === 'reported') await calls().report(org, call.callId, 'in-progress');
    await bench.moveClock(5);
    const before = await typesOf(call.callId);

    expect(await request('the first')).toEqual([first, true]);
    await expect(request('another', (await place()).callId)).rejects.toMatchObject({ kind: 'unprocessable', code: 'idempotency.mismatch' });
    expect(await typesOf(call.callId)).toEqual(before);
  });

  it('and its user, both ending a call at once, end it once', async () => {
    for (let n = 0; n < 10; n += 1) {
      const user = userOf();
      const call = await place(user);
      await Promise.allSettled([calls(0).stop(user, call.token), calls(1).report(org, call.callId, 'failed'), calls(1).endFor(org, undefined, call.callId)]);
      expect((await typesOf(call.callId)).filter((type) => type === 'ended.v1')).toHaveLength(1);
    }
  });
});

describe('people in the session of a call', () => {
  it('bring it further: one lets it ring, both make it in progress; that they leave ends nothing', async () => {
    const call = await place();
    const people = new People(call);

    const caller = await people.enters('owner');
    expect(await stateOf(call)).toBe('ringing');
    await people.enters('owner');
    expect(await stateOf(call)).toBe('ringing');
    const callee = await people.enters('guest');
    expect(await stateOf(call)).toBe('in-progress');
    expect((await calls().get(org, call.callId)).answeredAt).not.toBeNull();
    await people.leaves(callee);
    await people.leaves(caller);
    expect(await stateOf(call)).toBe('in-progress');
  });

  it('end it by leaving where that was wished for, the last of them', async () => {
    const call = await place(userOf(), true);
    const people = new People(call);
    const entries = [await people.enters('owner'), await people.enters('guest')];

    await people.leaves(entries[0]!);
    expect(await stateOf(call)).toBe('in-progress');
    await people.leaves(entries[1]!);

    expect(await calls().get(org, call.callId)).toMatchObject({ state: 'completed', endReason: 'left' });
    expect(await slotsOf(call.callId)).toBe(0);
  });

  it('change nothing once it is over, nor what is no call of theirs', async () => {
    const user = userOf();
    const call = await place(user);
    const people = new People(call);
    await people.enters('owner', randomUUID(), 'org-2');
    expect(await stateOf(call)).toBe('queued');
    await calls().stop(user, call.token);

    const late = await people.enters('guest');
    await people.leaves(late);
    await new People({ ...call, callId: 'anything' }).enters('guest');

    expect(await typesOf(call.callId)).toEqual(['placed.v1', 'ended.v1']);
  });
});

describe('an administrator', () => {
  const list = (actor: Actor, filter: object = {}) => bench.copy.history.list({ limit: 200, ...filter }, actor);
  const idsOf = async (actor: Actor, filter: object) => (await list(actor, filter)).items.map(({ callId }) => callId);

  it('finds calls by everything that there is, and walks through them', async () => {
    const [orgId, user] = ['org-history', userOf(undefined, 'app-h', 'org-history')];
    const first = await place(user, false, '+1');
    await bench.moveClock(10);
    const second = await place(user, false, '+2');
    const other = await place(userOf(undefined, 'app-i', orgId), false, '+1');
    await calls().stop(user, second.token);
    await calls().report(userOf('k', 'k', orgId), other.callId, 'busy');
    const admin = adminOf(orgId);

    expect(await idsOf(admin, {})).toEqual([first.callId, second.callId, other.callId]);
    const cases: [object, string[]][] = [
      [{ username: `name of ${user.subject}` }, [first.callId, second.callId]],
      [{ clientId: 'app-i' }, [other.callId]],
      [{ number: '+1' }, [first.callId, other.callId]],
      [{ status: 'ongoing' }, [first.callId]],
      [{ status: 'ended' }, [second.callId, other.callId]],
      [{ state: 'busy' }, [other.callId]],
      [{ state: 'canceled', number: '+2' }, [second.callId]],
      [{ to: second.placedAt }, [first.callId]],
      [{ from: second.placedAt }, [second.callId, other.callId]],
      [{ from: first.placedAt, to: first.placedAt }, []],
    ];
    for (const [filter, found] of cases) expect([filter, await idsOf(admin, filter)]).toEqual([filter, found]);

    const page = await list(admin, { limit: 2 });
    expect((await list(admin, { limit: 2, after: page.next })).items.map(({ callId }) => callId)).toEqual([other.callId]);
    expect(await outcomeOf(list(admin, { after: 'x' }))).toBe('page.after');
    await bench.moveClock(MAX_DURATION);
    expect(await idsOf(admin, { status: 'ongoing' })).toEqual([]);
  });

  it('sees and ends calls of the own org only; the operator all; who has lost the right and a user none', async () => {
    const call = await place();
    const history = bench.copy.history;
    const asks = (actor: Actor) => [list(actor, { orgId: ORG }), history.read(call, actor), history.end(call, actor), history.status({ orgId: ORG, user: call.userId }, actor)].map(outcomeOf);

    expect(await Promise.all(asks(adminOf('org-2')))).toEqual(['org.not_found', 'call.not_found', 'call.not_found', 'org.not_found']);
    expect(await Promise.all(asks({ ...adminOf(), clientId: 'was-admin', subject: 'was-admin' }))).toEqual(Array(4).fill('token.invalid'));
    expect(await Promise.all(asks({ ...adminOf(), subject: randomUUID() }))).toEqual(Array(4).fill('admin.client_only'));
    expect(await stateOf(call)).toBe('queued');
    expect(await Promise.all(asks(operator))).toEqual(Array(4).fill('done'));
    const ended = await history.end(call, adminOf());
    await bench.moveClock(3);
    expect([ended.endReason, await history.end(call, adminOf())]).toEqual(['admin', ended]);
  });

  it('sees what a user has: the limit, what is free of it, and the calls', async () => {
    const user = userOf(undefined, 'app-s', 'org-status');
    const call = await place(user);
    const status = await bench.copy.history.status({ orgId: 'org-status', user: user.subject }, operator);

    const { token: _token, ...shown } = call;
    expect(status).toMatchObject({ username: `name of ${user.subject}`, loggedIn: true, ongoingCalls: 1, limit: 2, freeSlots: 1, calls: [{ callId: shown.callId }] });
    expect(JSON.stringify(status)).not.toContain(call.token);
    expect(await outcomeOf(bench.copy.history.status({ orgId: ORG, user: 'nobody' }, operator))).toBe('user.not_found');
  });
});
