import type { AliasDto, NewAlias, ShownAtAlias } from '@parley/dto';
import { compact, eventually, hmac, notYet } from '@parley/testing';
import { Bench, outcome } from '../testing/bench.js';
import type { Copy } from '../testing/copy.js';

let bench: Bench;
let second: Copy;
beforeAll(async () => {
  bench = await Bench.start();
  second = await bench.anotherCopy();
});
afterAll(() => bench.stop());

const SECRET = 'owner’s secret';
const create = async (more: Partial<NewAlias> = {}): Promise<AliasDto> =>
  bench.copy.aliases.create(bench.actor, { type: 'conference', expiresAt: new Date((await bench.now()) * 1000 + 3_600_000).toISOString(), ...more });
const jwt = (alias: string, claims: object = {}, secret = SECRET) => compact({ alg: 'HS256', typ: 'JWT' }, { alias, expires_in: 600, ...claims }, hmac(secret));
const see = (shown: ShownAtAlias, copy = bench.copy): Promise<string> => outcome(copy.aliasDoors.see(shown));

const passcode = { passcode: 'right' };
const secret = { jwtSecret: SECRET };
const past = { expiresAt: '2020-01-01T00:00:00.000Z' };

/** datagram-link.md, A1, row by row. A token: `good`, or what it is instead. */
test.each<[string, Partial<NewAlias>, { passcode?: string; token?: string }, string]>([
  ['nothing, nothing', {}, {}, 'granted'],
  ['nothing, any passcode', {}, { passcode: 'any' }, 'granted'],
  ['nothing, any token', {}, { token: 'any' }, 'granted'],
  ['a passcode, the right one', passcode, { passcode: 'right' }, 'granted'],
  ['a passcode, the right one and a foreign token', passcode, { passcode: 'right', token: 'foreign' }, 'granted'],
  ['a passcode, a wrong one', passcode, { passcode: 'wrong' }, 'alias.protected'],
  ['a passcode, one in other letters', passcode, { passcode: 'Right' }, 'alias.protected'],
  ['a passcode, a longer one', passcode, { passcode: `right${'x'.repeat(10_000)}` }, 'alias.protected'],
  ['a passcode, none', passcode, {}, 'alias.protected'],
  ['a passcode, none but a token', passcode, { token: 'good' }, 'alias.protected'],
  ['a secret, a valid JWT', secret, { token: 'good' }, 'granted'],
  ['a secret, a JWT of another secret', secret, { token: 'forged' }, 'alias.token'],
  ['a secret, an expired JWT', secret, { token: 'expired' }, 'alias.token'],
  ['a secret, a foreign JWT', secret, { token: 'elsewhere' }, 'alias.token'],
  ['a secret, no JWT at all', secret, { token: 'foreign' }, 'alias.token'],
  ['a secret, an empty Authorization', secret, { token: '' }, 'alias.token'],
  ['a secret, no Authorization', secret, {}, 'alias.protected'],
  ['a secret, a passcode', secret, { passcode: 'right' }, 'alias.protected'],
  ['both, a right passcode', { ...passcode, ...secret }, { passcode: 'right' }, 'granted'],
  ['both, a valid JWT', { ...passcode, ...secret }, { token: 'good' }, 'granted'],
  ['both, a valid JWT and a wrong passcode', { ...passcode, ...secret }, { token: 'good', passcode: 'wrong' }, 'granted'],
  ['both, a bad JWT and the right passcode', { ...passcode, ...secret }, { token: 'forged', passcode: 'right' }, 'granted'],
  ['both, neither valid', { ...passcode, ...secret }, { token: 'forged', passcode: 'wrong' }, 'alias.token'],
  ['both, a bad JWT', { ...passcode, ...secret }, { token: 'forged' }, 'alias.token'],
  ['both, a wrong passcode', { ...passcode, ...secret }, { passcode: 'wrong' }, 'alias.protected'],
  ['both, nothing', { ...passcode, ...secret }, {}, 'alias.protected'],
  ['nothing and expired, nothing', past, {}, 'alias.unknown'],
  ['nothing and expired, a token', past, { token: 'any' }, 'alias.not_found'],
  ['a secret and expired, a valid JWT', { ...secret, ...past }, { token: 'good' }, 'alias.not_found'],
  ['a passcode and expired, the right one', { ...passcode, ...past }, { passcode: 'right' }, 'alias.unknown'],
])('an alias that has %s', async (_, protection, { token, ...shown }, answer) => {
  const { aliasId } = await create(protection);
  const tokens: Record<string, string> = {
    good: jwt(aliasId),
    forged: jwt(aliasId, {}, 'other'),
    expired: jwt(aliasId, { exp: 1_000_000_000 }),
    elsewhere: jwt('zzzzz'),
  };
  expect(await see({ aliasId, ...shown, ...(token === undefined ? {} : { token: tokens[token] ?? token }) })).toBe(answer);
});

test.each(['zzzzz', '', 'a b c', '\u0000', 'x'.repeat(5000)])('%j is no alias', async (aliasId) => {
  expect(await see({ aliasId })).toBe('alias.unknown');
  expect(await see({ aliasId, token: 'any' })).toBe('alias.not_found');
});

test('the public sees no secret', async () => {
  const { aliasId } = await create({ ...passcode, ...secret, streamKey: true });
  expect(await bench.copy.aliasDoors.see({ aliasId, passcode: 'right' })).toMatchObject({ aliasId, passcode: null, jwtSecret: null, streamKey: null });
});

test('an alias is gone for the public at its end, by the database’s clock, and no JWT outlives it', async () => {
  const { aliasId } = await create({ ...passcode, ...secret });
  await bench.moveClock(3590);
  expect(await see({ aliasId, passcode: 'right' })).toBe('granted');
  await bench.moveClock(11);
  expect([await see({ aliasId, passcode: 'right' }), await see({ aliasId, token: jwt(aliasId) })]).toEqual(['alias.unknown', 'alias.not_found']);
  expect((await bench.copy.aliases.get(bench.actor, aliasId)).aliasId).toBe(aliasId);
});

describe('Guesses', () => {
  const tally = (codes: string[]) => Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((each) => each === code).length]));

  test('are ten in a quarter of an hour, however many come at once and wherever; then nobody’s passcode is taken until it is over', async () => {
    const { aliasId } = await create({ ...passcode, ...secret });
    const guesses = Array.from({ length: 400 }, (_, n) => see({ aliasId, passcode: `wrong ${n}` }, n % 2 ? bench.copy : second));
    expect(tally(await Promise.all(guesses))).toEqual({ 'alias.guesses': 390, 'alias.protected': 10 });
    expect(await see({ aliasId, passcode: 'right' })).toBe('alias.guesses');
    expect([await see({ aliasId }), await see({ aliasId, token: jwt(aliasId) })]).toEqual(['alias.protected', 'granted']);
    await bench.moveClock(880);
    expect(await see({ aliasId, passcode: 'right' })).toBe('alias.guesses');
    await bench.moveClock(40);
    expect(await see({ aliasId, passcode: 'right' })).toBe('granted');
    expect(tally(await Promise.all(Array.from({ length: 30 }, () => see({ aliasId, passcode: 'wrong' }))))).toEqual({ 'alias.guesses': 20, 'alias.protected': 10 });
  });

  test('tell when passcodes are taken again', async () => {
    const { aliasId } = await create(passcode);
    const before = await bench.now();
    for (let n = 0; n < 10; n += 1) await see({ aliasId, passcode: 'wrong' });
    const refused: unknown = await bench.copy.aliasDoors.see({ aliasId, passcode: 'right' }).catch((error: unknown) => error);
    const { retryAt } = (refused as { details: { retryAt: string } }).details;
    expect(Date.parse(retryAt) / 1000 - before).toBeGreaterThanOrEqual(900);
    expect(Date.parse(retryAt) / 1000 - before).toBeLessThan(910);
  });

  test('are not made by who is right, nor by who shows nothing, and count in any span of a quarter of an hour', async () => {
    const { aliasId } = await create(passcode);
    const wrong = async (times: number) => tally(await Promise.all(Array.from({ length: times }, () => see({ aliasId, passcode: 'wrong' }))));
    await wrong(1);
    await bench.moveClock(890);
    for (let n = 0; n < 30; n += 1) expect([await see({ aliasId, passcode: 'right' }), await see({ aliasId }), await see({ aliasId, passcode: '' })]).toEqual(['granted', 'alias.protected', 'alias.protected']);
    expect(await wrong(9)).toEqual({ 'alias.protected': 9 });
    await bench.moveClock(15);
    expect(await wrong(5)).toEqual({ 'alias.protected': 1, 'alias.guesses': 4 });
  });

  test('that are under way are waited for by whoever is right', async () => {
    const { aliasId } = await create(passcode);
    for (let n = 0; n < 9; n += 1) await see({ aliasId, passcode: 'wrong' });
    const right = await bench.copy.db.write([], async (tx) => {
      await tx.query("select passcode_shown(uid, false, 10, interval '15 minutes') from alias where id = $1", [aliasId]);
      const shown = see({ aliasId, passcode: 'right' }, second);
      const waits = async () => ((await tx.query("select from pg_locks where locktype = 'advisory' and not granted")).length > 0 ? true : notYet('nobody waits'));
      await Promise.race([shown, eventually(waits)]);
      return { shown };
    });
    expect(await right.shown).toBe('alias.guesses');
  });

  test('get no more answers in a burst by being right in the middle of it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { aliasId } = await create(passcode);
      const codes: string[] = [];
      const guess = (text: string, copy: Copy) => see({ aliasId, passcode: text }, copy).then((code) => codes.push(code));
      await Promise.all(Array.from({ length: 60 }, (_, n) => guess(n === 40 ? 'right' : `wrong ${n}`, n % 2 ? bench.copy : second)));
      expect(codes.filter((code) => code === 'alias.protected')).toHaveLength(10);
      expect(codes.slice(11)).not.toContain('granted');
    }
  });
});

describe('Joining', () => {
  const join = (shown: ShownAtAlias & { name?: string }, copy = bench.copy) => copy.aliasDoors.join(shown);

  test('five people are in a conference, whatever they show', async () => {
    const { aliasId } = await create({ ...passcode, ...secret });
    const ways = [{ passcode: 'right' }, { token: jwt(aliasId, { user_id: 'u1' }) }, { token: jwt(aliasId, { user_id: 'u2', host: true }) }];
    const codes = await Promise.all(Array.from({ length: 40 }, (_, n) => outcome(join({ aliasId, ...(ways[n] ?? { passcode: 'right', name: `Person ${n}` }) }, n % 2 ? bench.copy : second))));
    expect(codes.filter((code) => code === 'granted')).toHaveLength(5);
    expect(new Set(codes)).toEqual(new Set(['granted', 'session.full']));
  });

  test.each([
    ['a passcode', { passcode: 'right', name: 'Ann' }, { name: 'Ann', role: 'guest', capabilities: ['publish', 'subscribe', 'data'] }],
    ['a passcode and no name', { passcode: 'right' }, { name: 'Guest', role: 'guest' }],
    ['a JWT', { claims: { user_id: 'u1' } }, { name: 'u1', role: 'guest' }],
    ['a JWT of a host', { claims: { user_id: 'u1', host: true }, name: 'Dr Grey' }, { name: 'Dr Grey', role: 'owner', capabilities: ['publish', 'subscribe', 'data', 'moderate'] }],
  ])('with %s', async (_, { claims, ...shown }: { claims?: object; passcode?: string; name?: string }, entry) => {
    const { aliasId, sid } = await create({ ...passcode, ...secret, sid: `room-${Math.random()}` });
    expect(await join({ aliasId, ...shown, ...(claims ? { token: jwt(aliasId, claims) } : {}) })).toMatchObject({ ...entry, sid, subscriptionId: null, clientId: 'key-1' });
  });

  test('the org itself hosts, also after the end', async () => {
    const { aliasId } = await create(past);
    expect(await bench.copy.aliasDoors.joinOwn(bench.actor, { aliasId })).toMatchObject({ role: 'owner', name: 'Host' });
  });

  test('who has no name shares a seat with nobody; who has a user_id shares their own', async () => {
    const { aliasId } = await create(secret);
    for (let n = 0; n < 4; n += 1) await join({ aliasId, token: jwt(aliasId) });
    for (let n = 0; n < 6; n += 1) await join({ aliasId, token: jwt(aliasId, { user_id: 'u1' }) });
    expect(await outcome(join({ aliasId, token: jwt(aliasId) }))).toBe('session.full');
  });

  test('a live one takes five hosts, and so many watchers besides; who watches takes no host’s seat', async () => {
    const { aliasId } = await create({ ...secret, type: 'live' });
    const host = (n: number) => join({ aliasId, token: jwt(aliasId, { user_id: `h${n}`, host: true }) });
    const watcher = (n: number) => join({ aliasId, token: jwt(aliasId, { user_id: `w${n}` }) });
    const watchers = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => outcome(watcher(n))));
    expect(watchers.filter((code) => code === 'granted')).toHaveLength(3);
    const hosts = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => outcome(host(n))));
    expect(hosts.filter((code) => code === 'granted')).toHaveLength(5);
    expect((await watcher(watchers.indexOf('granted'))).capabilities).toEqual(['subscribe']);
    expect(await outcome(join({ aliasId, token: jwt(aliasId, { user_id: `w${watchers.indexOf('granted')}`, host: true }) }))).toBe('session.full');
  });

  test('tells that it was by the alias, with the entry that it granted and nothing of the token', async () => {
    const { aliasId, sid } = await create(secret);
    const token = jwt(aliasId, { user_id: 'u9' });
    const { entryId, sessionId } = await join({ aliasId, token });
    const told = (await bench.events()).filter(({ data }) => data['entryId'] === entryId);
    expect(told.map(({ type }) => type)).toEqual(['evt.session.entry-granted.v1', 'evt.session.alias-joined.v1']);
    expect(told[1]).toMatchObject({ aggregate: `entry/${entryId}`, sequence: 1, data: { aliasId, sid, role: 'guest', shown: 'jwt', capabilities: ['publish', 'subscribe', 'data'] } });
    expect((await bench.events(sessionId)).map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(JSON.stringify(told)).not.toContain(token.split('.')[2]);
  });

  test('a person who is banned stays out by this door, too, and an ended session by an old JWT', async () => {
    const { aliasId, sid } = await create({ ...secret, ...passcode });
    const { entryId } = await join({ aliasId, token: jwt(aliasId, { user_id: 'bad' }) });
    await bench.copy.bans.banEntry(bench.actor, { sid, entryId });
    expect(await outcome(join({ aliasId, token: jwt(aliasId, { user_id: 'bad' }) }))).toBe('link.revoked');
    await bench.copy.sessions.end(bench.actor, sid);
    const iat = Math.floor(await bench.now());
    expect(await outcome(join({ aliasId, token: jwt(aliasId, { user_id: 'u1', iat: iat - 5 }) }))).toBe('link.revoked');
    expect(await outcome(join({ aliasId, token: jwt(aliasId, { user_id: 'u1', iat: iat + 1 }) }))).toBe('granted');
    expect(await outcome(join({ aliasId, passcode: 'right', name: 'Ann' }))).toBe('granted');
  });

  test('an org that is disabled lets nobody in, and one that can’t be asked for neither', async () => {
    const { aliasId } = await create();
    bench.outside.clientActive = false;
    expect(await outcome(join({ aliasId }))).toBe('link.revoked');
    bench.outside.clientActive = true;
    bench.outside.away.add('auth');
    expect(await outcome(join({ aliasId }))).toBe('unavailable');
    bench.outside.away.delete('auth');
    expect(await outcome(join({ aliasId }))).toBe('granted');
  });

  test('an entry ends with what it was got by', async () => {
    const { aliasId } = await create(secret);
    const now = Math.floor(await bench.now());
    const { leaseUntil } = await join({ aliasId, token: jwt(aliasId, { user_id: 'u1', expires_in: now + 120 }) });
    expect(Date.parse(leaseUntil) / 1000).toBe(now + 120);
  });
});
