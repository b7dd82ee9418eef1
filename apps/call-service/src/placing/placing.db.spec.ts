import { CallBench, MAX_DURATION, ORG, outcomeOf, userOf } from '../testing/call-bench.js';

let bench: CallBench;

beforeAll(async () => void (bench = await CallBench.start()));
afterAll(() => bench.stop());
afterEach(() => {
  bench.auth.rules = {};
  bench.auth.away = false;
});

const place = (user: ReturnType<typeof userOf>, number: unknown = '+4722225555', copy = 0) => bench.copies[copy]!.placing.place(user, { number });
const stop = (user: ReturnType<typeof userOf>, token: string) => bench.copy.calls.stop(user, token);
const count = (outcomes: string[], code: string) => outcomes.filter((each) => each === code).length;
const slotsOf = (userId: string) => bench.copy.db.query<{ slot: number }>('select slot from call_slot where user_id = $1 order by slot', [userId]);

describe('the limit of calls', () => {
  it('holds for 200 at once, of one user through three applications, on two copies: exactly so many are placed', async () => {
    const subject = userOf().subject;
    const attempts = Array.from({ length: 200 }, (_, n) => outcomeOf(place(userOf(subject, `app-${n % 3}`), '1', n % 2)));

    const outcomes = await Promise.all(attempts);

    expect([count(outcomes, 'done'), count(outcomes, 'call.limit')]).toEqual([2, 198]);
    expect(await slotsOf(subject)).toEqual([{ slot: 1 }, { slot: 2 }]);
  });

  it('refuses nobody while a slot is free: as many calls as slots, all at once', async () => {
    bench.auth.rules = { user: { callsPerUser: 60 } };
    const subject = userOf().subject;

    const outcomes = await Promise.all(Array.from({ length: 60 }, (_, n) => outcomeOf(place(userOf(subject, `app-${n % 3}`), '1', n % 2))));

    expect(count(outcomes, 'done')).toBe(60);
    expect(await outcomeOf(place(userOf(subject)))).toBe('call.limit');
  });

  it('tells how many there are, how many there may be, and when there is room again at the latest', async () => {
    const user = userOf();
    const first = await place(user);
    await place(user);

    const refusal = (await place(user).catch((error: unknown) => error)) as { details: unknown; kind: string };

    expect(refusal).toMatchObject({ kind: 'conflict', details: { limit: 2, current: 2, retryAt: first.expiresAt } });
  });

  it('gives a slot back when a call is stopped, whichever it is', async () => {
    const user = userOf();
    const [first] = [await place(user), await place(user)];
    await stop(user, first.token);

    expect(await outcomeOf(place(user))).toBe('done');
    expect(await outcomeOf(place(user))).toBe('call.limit');
    expect(await slotsOf(user.subject)).toEqual([{ slot: 1 }, { slot: 2 }]);
  });

  it('gives a slot back when the time of a call is over, though nobody has come by', async () => {
    const user = userOf();
    const [first] = [await place(user), await place(user)];
    await bench.moveClock(MAX_DURATION + 1);

    expect((await bench.copy.calls.find(user, first.token)).endReason).toBe('expired');
    expect(await outcomeOf(place(user))).toBe('done');
    const over = await bench.copy.calls.find(user, first.token);
    expect([over.endedAt, over.durationSeconds, over.state]).toEqual([first.expiresAt, MAX_DURATION, 'no-answer']);
    expect((await bench.events(first.callId)).map(({ type, data }) => [type, data['reason']])).toEqual([
      ['evt.call.call-placed.v1', undefined],
      ['evt.call.call-ended.v1', 'expired'],
    ]);
  });

  it.each([
    ['everyone’s, where nobody says more', {}, 2],
    ['the org’s before everyone’s', { org: { callsPerUser: 3 } }, 3],
    ['the application’s before the org’s', { org: { callsPerUser: 3 }, client: { callsPerUser: 4 } }, 4],
    ['the user’s before the application’s', { org: { callsPerUser: 3 }, client: { callsPerUser: 4 }, user: { callsPerUser: 1 } }, 1],
    ['none at all where it is 0', { user: { callsPerUser: 0 } }, 0],
  ])('is %s', async (_, rules, limit) => {
    bench.auth.rules = rules;
    const user = userOf(undefined, `app-of-${limit}-${Object.keys(rules).length}`, `org-${limit}-${Object.keys(rules).length}`);

    const outcomes = [];
    for (let n = 0; n <= limit; n += 1) outcomes.push(await outcomeOf(place(user)));

    expect(outcomes).toEqual([...Array<string>(limit).fill('done'), 'call.limit']);
  });

  it('changes for a user by news, of which an older one changes nothing; lowering it ends no call', async () => {
    const user = userOf();
    await place(user);
    await bench.changeRule({ kind: 'user', key: user.subject, version: 3, callsPerUser: 4 });
    await bench.changeRule({ kind: 'user', key: user.subject, version: 2, callsPerUser: 1 });
    const calls = [await place(user), await place(user), await place(user)];
    expect(await outcomeOf(place(user))).toBe('call.limit');

    await bench.changeRule({ kind: 'user', key: user.subject, version: 4, callsPerUser: 1 });

    expect((await bench.copy.calls.listOngoing(user, undefined)).items).toHaveLength(4);
    for (const { token } of calls) {
      expect(await outcomeOf(place(user))).toBe('call.limit');
      await stop(user, token);
    }
    expect(await outcomeOf(place(user))).toBe('call.limit');
  });

  it('of an org holds for all of its users at once', async () => {
    const orgId = 'org-capped';
    bench.auth.rules = { org: { ongoingCalls: 5 } };
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, n) => outcomeOf(place(userOf(`user-${n % 20}`, 'app-1', orgId), '1', n % 2))));

    expect([count(outcomes, 'done'), count(outcomes, 'call.org_limit')].join()).toBe('5,35');
    expect(await outcomeOf(place(userOf(undefined, 'app-1', 'org-elsewhere')))).toBe('done');
  });

  it('is looked at before the number, and before anything else about the request', async () => {
    const user = userOf();
    await place(user);
    expect(await outcomeOf(place(user, ''))).toBe('call.number');
    await place(user);
    expect(await outcomeOf(place(user, ''))).toBe('call.limit');
  });

  it('is known without asking, once it is known', async () => {
    const user = userOf();
    await place(user);
    bench.auth.asked.length = 0;
    bench.auth.away = true;

    expect(await outcomeOf(place(user))).toBe('done');
    expect(bench.auth.asked).toEqual([]);
    expect(await outcomeOf(place(userOf()))).toBe('unavailable');
  });
});

describe('a call is placed for a user', () => {
  it('never for an application itself, nor for somebody whom auth-service does not know', async () => {
    expect(await outcomeOf(place(userOf('app-1', 'app-1')))).toBe('call.no_user');
    expect(await outcomeOf(place(userOf('nobody')))).toBe('call.no_user');
  });

  it('under a handle that can’t be guessed, and tells what it is', async () => {
    const user = userOf();

    const call = await place(user);

    expect(call).toMatchObject({ orgId: ORG, userId: user.subject, username: `name of ${user.subject}`, clientId: 'app-1', number: '+4722225555', state: 'queued', endedAt: null, durationSeconds: 0 });
    expect(call.token).toMatch(/^[\w-]{22}$/);
    const [told] = await bench.events(call.callId);
    expect(told).toMatchObject({ type: 'evt.call.call-placed.v1', sequence: 1, data: { sid: `call:${call.callId}`, number: '+4722225555', autoEnd: false } });
    expect(JSON.stringify(told)).not.toContain(call.token);
  });

  it.each<[string, unknown, string]>([
    ['one character', '1', 'done'],
    ['twenty', '1'.repeat(20), 'done'],
    ['twenty that take more than a byte', '𝟙'.repeat(20), 'done'],
    ['markup, which is text', '<a href="x">&', 'done'],
    ['a blank', ' ', 'done'],
    ['none', '', 'call.number'],
    ['twenty-one', '1'.repeat(21), 'call.number'],
    ['a control character', '1\u0000', 'call.number'],
    ['half a character', '\ud800', 'call.number'],
    ['no character', '\uffff', 'call.number'],
    ['a number that is none in JSON', 4722225555, 'call.number'],
    ['a list', ['1'], 'call.number'],
    ['null', null, 'call.number'],
    ['nothing', undefined, 'call.number'],
  ])('number: %s', async (_, number, outcome) => {
    expect(await outcomeOf(bench.copy.placing.place(userOf(), { number }))).toBe(outcome);
  });

  it.each<[unknown, string]>([
    [true, 'done'],
    ['true', 'done'],
    ['false', 'done'],
    ['yes', 'call.auto_end'],
    [1, 'call.auto_end'],
    [null, 'call.auto_end'],
  ])('autoEnd: %j', async (autoEnd, outcome) => {
    expect(await outcomeOf(bench.copy.placing.place(userOf(), { number: '1', autoEnd }))).toBe(outcome);
  });
});
