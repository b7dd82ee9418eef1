import { testDatabase, type TestDatabase } from '@parley/testing';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { Bench, outcome } from '../testing/bench.js';
import { ISSUER } from '../testing/copy.js';

let server: TestDatabase;
let bench: Bench;

beforeAll(async () => {
  server = await testDatabase('session');
  bench = await Bench.start(server.url);
  bench.outside.subscribe('dr-grey');
});
afterAll(async () => {
  await bench.stop();
  await server.drop();
});

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
