import type { LinkRevocationDto } from '@parley/dto';
import { withRequest } from '@parley/platform';
import { Bench, outcome } from '../testing/bench.js';
import { actorOf } from '../testing/copy.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(() => bench.stop());

/** Every test has a session, a subscription and people of its own. */
let turn = 0;
let own: { sid: string; ref: string; un: string };
beforeEach(() => {
  turn += 1;
  own = { sid: `room-${turn}`, ref: `ref-${turn}`, un: `Ann ${turn}` };
  bench.outside.subscribe(own.ref);
});

const inspect = async (claims: Record<string, unknown> = {}) => bench.copy.inspections.inspect(bench.actor, await bench.link({ ...own, ...claims }));
const enter = (claims: Record<string, unknown> = {}) => bench.enter({ ...own, ...claims });
const codeOf = (claims: Record<string, unknown> = {}) => bench.codeOf({ ...own, ...claims });
const failing = ({ rules }: Awaited<ReturnType<typeof inspect>>) => rules.filter(({ pass }) => !pass).map(({ rule }) => rule);
const count = async (table: string) => (await bench.copy.db.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n;
const tables = ['session', 'entry', 'lease', 'subscription_door', 'link_first_use', 'refusal', 'outbox', 'ban', 'valid_from'];
const counts = async () => Promise.all(tables.map(count));

describe('AD.6: a link that is only asked about', () => {
  test('is admitted by every rule, and nothing is written', async () => {
    const before = await counts();
    const inspection = await inspect({ iat: undefined, exp: undefined });

    expect(inspection).toMatchObject({ decision: 'admit', code: null, verifiedBy: { clientId: 'key-1', secret: 'newest' }, claims: { sid: own.sid } });
    expect(inspection.rules.map(({ rule, pass }) => [rule, pass])).toEqual(
      ['genuine', 'claims', 'client-active', 'not-banned', 'not-revoked', 'still-planned', 'not-expired', 'not-too-early', 'subscription-active', 'subscription-free', 'seat-left'].map((name) => [name, true]),
    );
    expect(inspection.link).toMatchObject({ person: `name:${own.un}`, seats: { limit: 5, taken: 0, own: false }, revocations: [], bans: [] });
    expect(await counts()).toEqual(before);
  });

  test('is judged by every rule, those behind the first refusal too', async () => {
    for (let n = 0; n < 5; n += 1) await enter({ un: `person-${n}` });
    const now = Math.floor(await bench.now());

    const inspection = await inspect({ nbf: now + 3600 });
    expect(inspection).toMatchObject({ decision: 'deny', code: 'link.not_yet_valid', retryAt: new Date((now + 3540) * 1000).toISOString() });
    expect(failing(inspection)).toEqual(['not-too-early', 'seat-left']);
    expect(await inspect()).toMatchObject({ decision: 'deny', code: 'session.full', limit: 5, current: 5, link: { seats: { taken: 5, own: false } } });
    expect(await inspect({ un: 'person-0' })).toMatchObject({ decision: 'admit', link: { seats: { taken: 5, own: true } } });
  });

  test.each<[string, () => Promise<string>]>([
    ['malformed', () => Promise.resolve('nonsense')],
    ['empty', () => Promise.resolve('')],
    ['badly signed', async () => `${await bench.link(own)}x`],
    ['of another org', () => bench.link({ ...own, iss: 'key-2' })],
  ])('and is %s looks like any other that is not genuine', async (_, link) => {
    const inspection = await bench.copy.inspections.inspect(bench.actor, await link());

    expect(inspection).toMatchObject({ decision: 'deny', code: 'link.invalid', claims: null, verifiedBy: null, link: null });
    expect(inspection).toEqual(await bench.copy.inspections.inspect(bench.actor, 'nothing'));
    expect(inspection.rules).toHaveLength(11);
    expect(inspection.rules.every(({ pass }) => !pass)).toBe(true);
  });

  test('and can’t be understood shows its claims', async () => {
    const inspection = await inspect({ un: '' });
    expect(inspection).toMatchObject({ decision: 'deny', code: 'link.claims', claims: { un: '', sid: own.sid }, verifiedBy: { clientId: 'key-1' }, link: null });
    expect(inspection.rules.slice(0, 2)).toEqual([
      expect.objectContaining({ rule: 'genuine', pass: true }),
      { rule: 'claims', pass: false, detail: 'The link can\'t be used: un missing, too long or not allowed.' },
    ]);
  });

  test('foresees what entering does, when leases have run out and when a session is over', async () => {
    for (let n = 0; n < 5; n += 1) await enter({ un: `person-${n}`, exp: Math.floor(await bench.now()) + 100 });
    await bench.moveClock(101);
    expect((await inspect()).decision).toBe('admit');
    await bench.moveClock(60);
    expect(await inspect()).toMatchObject({ decision: 'admit', link: { seats: { taken: 0 } } });
    expect(await codeOf()).toBe('granted');
  });

  test('knows a subscription that nobody has entered with yet, and where it is busy', async () => {
    expect((await inspect({ ref: 'nobody' })).code).toBe('subscription.inactive');
    await enter();
    expect(await inspect({ sid: `${own.sid}-b` })).toMatchObject({ code: 'subscription.busy', limit: 1, current: 1 });
  });

  test('and can’t be verified now is neither admitted nor refused', async () => {
    bench.outside.away.add('auth');
    const asked = await outcome(inspect());
    bench.outside.away.delete('auth');
    expect(asked).toBe('unavailable');
  });
});

describe('AD.7: refusals', () => {
  const listed = async (filter: object = {}) => (await bench.copy.refusals.list(bench.actor, { page: 0, count: 200, sid: own.sid, ...filter })).items;

  test('are kept with everything but the signature, and found by whom, where, when and why', async () => {
    const link = await bench.link({ ...own, ref: 'nobody', sub: `u-${turn}` });
    expect(await outcome(bench.copy.links.enter(link))).toBe('subscription.inactive');
    expect(await codeOf({ un: undefined })).toBe('link.claims');
    await bench.moveClock(10);
    const at = new Date((await bench.now()) * 1000).toISOString();
    await bench.moveClock(10);
    expect(await codeOf({ exp: 1000 })).toBe('link.expired');

    const all = await listed();
    expect(all.map(({ code, rule }) => [code, rule])).toEqual([['subscription.inactive', 'subscription-active'], ['link.claims', 'claims'], ['link.expired', 'not-expired']]);
    expect(all[0]).toMatchObject({ sid: own.sid, ref: 'nobody', person: `sub:u-${turn}`, name: own.un, role: 'guest', clientId: 'key-1', limit: null });
    expect(all[0]?.detail).toBe('There is no active subscription for the ref nobody.');
    const codes = async (filter: object) => (await listed(filter)).map(({ code }) => code);
    expect(await codes({ ref: 'nobody' })).toEqual(['subscription.inactive']);
    expect(await codes({ person: `sub:u-${turn}` })).toEqual(['subscription.inactive']);
    expect(await codes({ code: 'link.expired' })).toEqual(['link.expired']);
    expect(await codes({ from: at })).toEqual(['link.expired']);
    expect(await codes({ to: at })).toEqual(['subscription.inactive', 'link.claims']);
    expect(all[0]).toMatchObject(await bench.copy.refusals.get(bench.actor, all[0]?.refusalId ?? ''));
    expect(await outcome(bench.copy.refusals.get(actorOf('org-2'), all[0]?.refusalId ?? ''))).toBe('refusal.not_found');
  });

  test('of links that are not genuine, and of what could not be asked, are nobody’s', async () => {
    const before = await count('refusal');
    expect(await outcome(bench.copy.links.enter('nonsense'))).toBe('link.invalid');
    bench.outside.away.add('subscription');
    const asked = await codeOf();
    bench.outside.away.delete('subscription');
    expect(asked).toBe('unavailable');
    expect(await count('refusal')).toBe(before);
  });

  test('are forgotten in time, and no sooner', async () => {
    await codeOf({ exp: 1000 });
    await bench.moveClock(29 * 86_400);
    await codeOf({ exp: 1000 });
    const purge = () => bench.copy.refusalsRepository.purge(bench.copy.db, { days: 30, limit: 1000 });
    await purge();
    expect(await listed()).toHaveLength(2);
    await bench.moveClock(2 * 86_400);
    expect(await purge()).toBeGreaterThan(0);
    expect(await listed()).toHaveLength(1);
  });
});

describe('B: a person who is banned', () => {
  const ban = (terms: object) => bench.copy.bans.ban(bench.actor, terms as { person: string });
  const who = () => ({ un: 'Bob', email: `bob-${turn}@example.org`, sub: `bob-${turn}` });

  test('is out of every session at once, with a reason each, and no link of theirs works, whenever it is signed', async () => {
    bench.outside.subscribe(`${own.ref}-b`);
    const first = await enter(who());
    const second = await enter({ ...who(), sid: `${own.sid}-b`, ref: `${own.ref}-b` });
    const other = await enter({ un: 'Zoe' });

    const held = await ban({ entryId: first.entryId, reason: 'shouting' });

    expect(held).toMatchObject({ person: `sub:bob-${turn}`, sid: null, until: null, reason: 'shouting', active: true });
    for (const { sessionId, entryId } of [first, second]) {
      expect((await bench.events(sessionId)).filter(({ data }) => data['reason'] === 'banned')).toEqual([
        expect.objectContaining({ type: 'evt.session.participant-left.v1', data: expect.objectContaining({ entryId, how: 'declared' }) as unknown }),
      ]);
      expect(await bench.copy.db.query('select 1 from lease where entry_id = $1', [entryId])).toEqual([]);
    }
    expect(await bench.copy.db.query('select 1 from lease where entry_id = $1', [other.entryId])).toHaveLength(1);
    const beat = bench.copy.entries.heartbeat({ kind: 'entry', entryId: first.entryId, orgId: 'org-1', sid: own.sid }, { sid: own.sid, entryId: first.entryId });
    expect(await outcome(beat)).toBe('entry.ended');
    expect(await codeOf(who())).toBe('link.revoked');
    expect(await codeOf({ un: 'Robert', email: `bob-${turn}@example.org`, iat: Math.floor(await bench.now()) + 50 })).toBe('link.revoked');
    expect(await codeOf({ ...who(), iss: 'key-2', ref: own.ref })).not.toBe('link.revoked');
    expect(await inspect(who())).toMatchObject({ code: 'link.revoked', link: { bans: [{ banId: held.banId, sid: null }] } });

    expect(await bench.copy.bans.lift(bench.actor, held.banId)).toMatchObject({ active: false });
    expect(await bench.copy.bans.lift(bench.actor, held.banId)).toEqual(await bench.copy.bans.get(bench.actor, held.banId));
    expect(await codeOf(who())).toBe('granted');
    expect((await bench.events()).filter(({ aggregate }) => aggregate === `ban/${held.banId}`).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['evt.session.person-banned.v1', 1],
      ['evt.session.ban-lifted.v1', 2],
    ]);
  });

  test('from one session may enter others; one for a time comes back after it', async () => {
    const until = new Date(((await bench.now()) + 60) * 1000).toISOString();
    await ban({ person: `email:bob-${turn}@example.org`, sid: own.sid, until });
    expect(await codeOf(who())).toBe('link.revoked');
    expect(await codeOf({ ...who(), sid: `${own.sid}-b` })).toBe('granted');
    await bench.moveClock(4000);
    expect(await codeOf(who())).toBe('granted');
    expect(await outcome(ban({ person: 'sub:x', until }))).toBe('ban.past');
  });

  test('twice is banned once, by the latest terms', async () => {
    const [one, two] = [await ban({ person: `sub:${turn}` }), await ban({ person: `sub:${turn}`, reason: 'again' })];
    expect(two).toMatchObject({ banId: one.banId, reason: 'again' });
    await Promise.all(Array.from({ length: 10 }, () => ban({ person: `sub:many-${turn}` })));
    expect((await bench.copy.bans.list(bench.actor, { page: 0, count: 200 })).items.filter(({ person }) => person === `sub:many-${turn}`)).toHaveLength(1);
  });

  test('and known by a name only is banned from that session, by entry or on removal', async () => {
    const entry = await enter();
    expect(await bench.copy.bans.banEntry(bench.actor, { sid: own.sid, entryId: entry.entryId })).toMatchObject({ entryId: entry.entryId, endedAt: expect.any(String) as string });
    expect(await codeOf()).toBe('link.revoked');
    await bench.moveClock(3700);
    expect(await codeOf({ sid: `${own.sid}-b` })).toBe('granted');
    expect(await outcome(bench.copy.bans.banEntry(bench.actor, { sid: own.sid, entryId: own.sid }))).toBe('entry.not_found');
    expect(await outcome(ban({ entryId: '0192f3a1-0000-7000-8000-00000000dead' }))).toBe('entry.not_found');
  });

  test('while they enter is out all the same', async () => {
    const other = await bench.anotherCopy();
    const person = { email: `racer-${turn}@example.org` };
    const link = await bench.link({ ...own, ...person });
    const codes: string[] = [];
    let stop = false;
    const guest = async (n: number): Promise<void> => {
      while (!stop) codes.push(await outcome((n % 2 ? bench.copy : other).links.enter(link)));
    };
    const guests = Array.from({ length: 12 }, (_, n) => guest(n));
    const live = () => bench.copy.db.query('select 1 from lease where person = $1', [`email:${person.email}`]);
    while (codes.length < 20) await new Promise((resolve) => setImmediate(resolve));

    await ban({ person: `email:${person.email}` });
    const left = await live();
    const before = codes.length;
    while (codes.length < before + 30) await new Promise((resolve) => setImmediate(resolve));
    stop = true;
    await Promise.all(guests);

    expect([left, await live(), [...new Set(codes)]]).toEqual([[], [], ['granted', 'link.revoked']]);
  });
});

describe('R: links that were signed offline', () => {
  const revoke = (asked: object) => bench.copy.revocations.revoke(bench.actor, { endEntries: false, ...asked } as { kind: LinkRevocationDto['kind']; endEntries: boolean });

  test.each<[LinkRevocationDto['kind'], () => Promise<object>]>([
    ['client', () => Promise.resolve({ key: 'key-1' })],
    ['subscription', async () => ({ key: (await enter()).subscriptionId })],
    ['session', () => Promise.resolve({ key: own.sid })],
    ['person', () => Promise.resolve({ key: `name:${own.un}` })],
    ['org', () => Promise.resolve({})],
  ])('and issued before the moment of a %s do not work; one that is issued later does, whatever its nbf', async (kind, key) => {
    const iat = Math.floor(await bench.now());
    await bench.moveClock(5);
    const old = { ...own, iat };
    expect(await codeOf(old)).toBe('granted');
    const revoked = await revoke({ kind, ...(await key()) });
    expect(revoked).toMatchObject({ kind, endedEntries: 0 });
    await bench.moveClock(5);

    expect(await codeOf(old)).toBe('link.revoked');
    expect(await codeOf({ iat: undefined })).toBe('link.revoked');
    expect(await codeOf({ iat: undefined, nbf: Math.floor(await bench.now()) })).toBe('link.revoked');
    expect(await codeOf({ nbf: 1000 })).toBe('granted');
    expect((await inspect(old)).link?.revocations).toContainEqual({ kind, key: revoked.key, at: revoked.at });
    expect((await bench.copy.revocations.list(bench.actor, { page: 0, count: 200 })).items).toContainEqual({ orgId: 'org-1', kind, key: revoked.key, at: revoked.at });
  });

  test('one of them: by itself or by its id, whenever it was issued, and no other', async () => {
    const iat = Math.floor(await bench.now()) + 1000;
    const claims = { ...own, iat, exp: iat + 3600 };
    const link = await bench.link(claims);
    const { linkId } = (await bench.copy.inspections.inspect(bench.actor, link)).link ?? {};
    await enter(claims);

    expect(await revoke({ kind: 'link', link, endEntries: true })).toMatchObject({ key: linkId, endedEntries: 1 });
    expect(await codeOf(claims)).toBe('link.revoked');
    expect(await codeOf({ iat: claims.iat + 1 })).toBe('granted');
    expect(await revoke({ kind: 'link', key: linkId })).toMatchObject({ key: linkId });
  });

  test('end the entries that were got by them only if that is asked for', async () => {
    await bench.moveClock(20);
    const iat = Math.floor(await bench.now()) - 10;
    const before = await enter({ iat, un: 'Before' });
    const at = new Date((iat + 5) * 1000).toISOString();
    const after = await enter({ iat: iat + 9, un: 'After' });
    expect(await revoke({ kind: 'session', key: own.sid, at })).toMatchObject({ at, endedEntries: 0 });
    expect(await revoke({ kind: 'session', key: own.sid, at, endEntries: true })).toMatchObject({ endedEntries: 1 });
    const live = await bench.copy.db.query<{ id: string }>('select entry_id as id from lease where session_id = $1', [before.sessionId]);
    expect(live).toEqual([{ id: after.entryId }]);
    expect((await bench.events(before.sessionId)).at(-1)).toMatchObject({ data: { entryId: before.entryId, reason: 'removed' } });
  });

  /** So many more live entries, like one that is there. */
  const multiply = async (entryId: string, times: number): Promise<void> => {
    const columns = 'session_id, org_id, sid, client_id, name, role, peer_id, person, access_token, entered_at, lease_until, link_exp, identities, link_hash, issued_at';
    await bench.copy.db.query(
      `with more as (insert into entry (id, ${columns}) select gen_random_uuid(), ${columns} from entry, generate_series(1, $2) where id = $1 returning id)
       insert into lease (entry_id, session_id, person, seat, lease_until, link_exp, watching)
       select more.id, l.session_id, l.person, l.seat, l.lease_until, l.link_exp, l.watching from lease l, more where l.entry_id = $1`,
      [entryId, times],
    );
  };

  /** A request that is sent again under its Idempotency-Key. */
  const repeatable = (asked: object) => () => {
    const once = { orgId: 'org-1', clientId: 'key-1', secret: false, idempotency: { key: `revoke-${turn}`, fingerprint: 'the same' } };
    return withRequest({ requestId: 'r', deadline: Date.now() + 60_000, once }, () => revoke(asked));
  };

  test('are revoked once by a request that comes again, which is told the same, with everybody who was in put out', async () => {
    const { entryId } = await enter();
    await multiply(entryId, 700);
    const request = repeatable({ kind: 'session', key: own.sid, endEntries: true });
    const revoked = await request();
    await bench.moveClock(5);
    const claims = { iat: Math.floor(await bench.now()) - 1 };

    expect(await request()).toEqual(revoked);
    expect(revoked.endedEntries).toBe(701);
    expect(await bench.copy.db.query('select from lease l join entry e on e.id = l.entry_id where e.sid = $1', [own.sid])).toEqual([]);
    expect(await codeOf(claims)).toBe('granted');
  });

  test.each([
    ['the secret that signed it is gone', () => bench.outside.rotated.add('key-1'), 'revocation.link'],
    ['nobody can verify it', () => bench.outside.away.add('auth'), 'unavailable'],
  ])('I.2: one of them is answered as it was, although %s when the request comes again', async (_, happens, code) => {
    const link = await bench.link(own);
    const request = repeatable({ kind: 'link', link });
    const revoked = await request();

    happens();
    const again = await outcome(request().then((told) => expect(told).toEqual(revoked)));
    const another = await outcome(revoke({ kind: 'link', link }));
    bench.outside.rotated.clear();
    bench.outside.away.clear();
    expect([again, another]).toEqual(['granted', code]);
  });

  test('are revoked by the latest moment, and never by one to come', async () => {
    const now = (await bench.now()) * 1000;
    const [early, late] = [new Date(now - 60_000).toISOString(), new Date(now - 1000).toISOString()];
    expect(await revoke({ kind: 'session', key: own.sid, at: late })).toMatchObject({ at: late });
    expect(await revoke({ kind: 'session', key: own.sid, at: early })).toMatchObject({ at: late });
    expect(await outcome(revoke({ kind: 'session', key: own.sid, at: new Date(now + 60_000).toISOString() }))).toBe('revocation.future');
  });

  test.each([
    [{ kind: 'session' }, 'revocation.key'],
    [{ kind: 'person', key: 'Ann' }, 'revocation.key'],
    [{ kind: 'link', key: 'short' }, 'revocation.key'],
    [{ kind: 'client', link: 'x' }, 'revocation.key'],
    [{ kind: 'link', link: 'nonsense' }, 'revocation.link'],
  ])('are not revoked by %j', async (asked, code) => {
    expect(await outcome(revoke(asked))).toBe(code);
  });
});
