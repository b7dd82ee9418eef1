import { attacked, compact, itRefusesTheKeyOf, itWithstandsForgery, REFUSED } from '@parley/testing';
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
const attack = attacked(genuine, { key, claims, verify: (token) => verifier.verify(token) });
const { issuer, verdict } = attack;

describe('The verifier of access tokens', () => {
  itWithstandsForgery(attack);
  itRefusesTheKeyOf('entry tokens', entryKey, attack);

  it.each([
    ['an entry token', { typ: 'entry+jwt' }, { aud: 'urn:parley:entry' }],
    ['an entry token that calls itself an access token', { typ: 'at+jwt' }, { aud: 'urn:parley:entry' }],
    ['an access token that calls itself an entry token', { typ: 'entry+jwt' }, {}],
    ['an access token that is bound to a key', {}, { cnf: { jkt: 'abc' } }],
    ['an access token that is bound to nothing', {}, { cnf: null }],
  ])('refuses another kind under its own key: %s', async (_kind, header, changes) => {
    expect(await verdict(compact({ ...issuer.header, ...header }, { ...claims, ...changes }, issuer.sign))).toBe(REFUSED);
  });

  it('takes the last of two claims of one name, as every reader of ours does (RFC 7519, section 4)', async () => {
    const twice = `${JSON.stringify({ ...claims, org_id: 'org-0' }).slice(0, -1)},"org_id":"org-1"}`;
    expect(await verifier.verify(compact(issuer.header, twice, issuer.sign))).toMatchObject({ orgId: 'org-1' });
  });
});
