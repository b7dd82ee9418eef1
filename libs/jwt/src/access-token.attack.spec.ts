import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { attacked, compact, ecdsa, forgeries, headerMisissues, kindMisissues, REFUSED, timeMisissues, withOtherS } from '@parley/testing';
import { AccessTokenVerifier } from './access-token.js';
import { KeySet } from './key-set.js';
import { Es256Signer, newSigningKey, publicHalf } from './sign.js';

const ISSUER = 'https://parley.test';
const now = Math.floor(Date.now() / 1000);
const claims = { iss: ISSUER, aud: 'urn:parley:api', sub: 'key-1', client_id: 'key-1', org_id: 'org-1', scope: 'coviu-enterprise-api', jti: 'j1', iat: now, exp: now + 600 };

const key = await newSigningKey();
const entryKey = await newSigningKey();
const verifier = new AccessTokenVerifier(new KeySet(() => Promise.resolve({ issuer: ISSUER, keys: [publicHalf(key)] })));
const genuine = await (await Es256Signer.of(key, 'at+jwt')).sign(claims);
const { parts, issuer, verdict } = attacked(genuine, { key, claims, verify: (token) => verifier.verify(token) });

describe('The verifier of access tokens', () => {
  it('accepts the token that the attacks begin with, and one made as they are made', async () => {
    expect(await verdict(genuine)).toBe('accepted');
    expect(await verdict(compact(issuer.header, issuer.claims, issuer.sign))).toBe('accepted');
  });

  it.each(forgeries)('refuses a forgery: $name', async ({ forge }) => {
    expect(await verdict(forge(parts))).toBe(REFUSED);
  });

  it.each([...headerMisissues, ...kindMisissues, ...timeMisissues])('refuses a token signed with the right key, but with $name', async ({ issue }) => {
    expect(await verdict(issue(issuer))).toBe(REFUSED);
  });

  it.each([
    ['an entry token', { typ: 'entry+jwt' }, { aud: 'urn:parley:entry' }],
    ['an entry token that calls itself an access token', { typ: 'at+jwt' }, { aud: 'urn:parley:entry' }],
    ['an access token that calls itself an entry token', { typ: 'entry+jwt' }, {}],
    ['an access token that is bound to a key', {}, { cnf: { jkt: 'abc' } }],
    ['an access token that is bound to nothing', {}, { cnf: null }],
  ])('refuses another kind under its own key: %s', async (_kind, header, changes) => {
    expect(await verdict(compact({ ...issuer.header, ...header }, { ...claims, ...changes }, issuer.sign))).toBe(REFUSED);
  });

  it.each([
    ['with its own kid', entryKey.kid],
    ['with the kid of an access token’s key', key.kid],
  ])('refuses what the key of another kind has signed, %s', async (_which, kid) => {
    const byEntryKey = ecdsa(createPrivateKey({ key: entryKey as JsonWebKey, format: 'jwk' }));
    expect(await verdict(compact({ ...issuer.header, kid }, claims, byEntryKey))).toBe(REFUSED);
  });

  it('refuses an attack as often as it is made: no refusal is remembered as an acceptance', async () => {
    const forged = forgeries[0]!.forge(parts);
    expect([await verdict(forged), await verdict(genuine), await verdict(forged)]).toEqual([REFUSED, 'accepted', REFUSED]);
  });

  it('takes the last of two claims of one name, as every reader of ours does (RFC 7519, section 4)', async () => {
    const twice = `${JSON.stringify({ ...claims, org_id: 'org-0' }).slice(0, -1)},"org_id":"org-1"}`;
    expect(await verifier.verify(compact(issuer.header, twice, issuer.sign))).toMatchObject({ orgId: 'org-1' });
  });

  it('hears the same from the other signature that ECDSA allows: nothing may go by the spelling of a token', async () => {
    const twin = withOtherS(genuine);
    expect(twin).not.toBe(genuine);
    expect(await verifier.verify(twin)).toEqual(await verifier.verify(genuine));
  });
});
