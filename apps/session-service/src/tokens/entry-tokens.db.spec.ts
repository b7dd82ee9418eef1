import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { Bench, outcome } from '../testing/bench.js';
import { ISSUER } from '../testing/copy.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  bench.outside.subscribe('dr-grey');
});
afterAll(() => bench.stop());

test('a token tells whose it is, and lives as long as the link', async () => {
  const exp = Math.floor(await bench.now()) + 7200;
  const { entryId, accessToken, enteredAt } = await bench.enter({ exp });
  expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'ES256', typ: 'entry+jwt', kid: expect.any(String) });
  expect(decodeJwt(accessToken)).toEqual({
    ...{ iss: ISSUER, aud: 'urn:parley:entry', sub: entryId, org_id: 'org-1', sid: 'room-1', role: 'guest', capabilities: ['publish', 'subscribe', 'data'] },
    ...{ iat: Math.floor(Date.parse(enteredAt) / 1000), exp },
  });
});

test('no token lives longer than a day', async () => {
  const { accessToken } = await bench.enter({ exp: Math.floor(await bench.now()) + 1_000_000 });
  const { iat = 0, exp } = decodeJwt(accessToken);
  expect(exp).toBe(iat + 86_400);
});

test('every copy knows the tokens of every other', async () => {
  const other = await bench.anotherCopy();
  const { accessToken, entryId } = await bench.enter();
  expect(await other.tokens.verify(accessToken)).toEqual({ kind: 'entry', orgId: 'org-1', sid: 'room-1', entryId });
});

test('copies that start at once agree on one key, whose private half is sealed', async () => {
  const copies = await Promise.all([bench.anotherCopy(), bench.anotherCopy(), bench.anotherCopy()]);
  await Promise.all(copies.map(({ tokens }) => tokens.signer()));
  const keys = await bench.copy.db.query<{ public_key: object; sealed: string }>('select public_jwk as public_key, sealed from signing_key');
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0]?.public_key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  expect(keys[0]?.sealed).toMatch(/^v1\.test\./);
});

test('half a token, another kind and another’s signature open nothing', async () => {
  const { accessToken } = await bench.enter();
  const { kid = '' } = decodeProtectedHeader(accessToken);
  const { privateKey } = await generateKeyPair('ES256');
  const forge = (typ: string) => new SignJWT(decodeJwt(accessToken)).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(privateKey);
  for (const token of [accessToken.slice(0, accessToken.lastIndexOf('.') + 1), await forge('entry+jwt'), await forge('at+jwt')]) {
    expect(await outcome(bench.copy.tokens.verify(token))).toBe('token.invalid');
  }
});

test('whether a token is over its entry tells, by the clock of the database, and no lease lasts longer than the token', async () => {
  await bench.moveClock(100_000);
  const entry = await bench.enter({ sid: 'room-2', exp: Math.floor(await bench.now()) + 1_000_000 });
  const beat = async () => bench.copy.entries.heartbeat(await bench.copy.tokens.verify(entry.accessToken), entry);

  expect(await beat()).toMatchObject({ endedAt: null });
  const [lease] = await bench.copy.db.query<{ end: number }>('select extract(epoch from link_exp)::float8 as end from lease where entry_id = $1', [entry.entryId]);
  expect(Math.floor(lease?.end ?? 0)).toBe(decodeJwt(entry.accessToken).exp);
  await bench.moveClock(31);
  expect(await outcome(beat())).toBe('entry.ended');
});
