import { newSigningKey, publicHalf } from '@parley/jwt';
import { attacked, compact, itRefusesTheKeyOf, itWithstandsForgery, REFUSED } from '@parley/testing';
import { EntryTokens } from './entry-tokens.js';

const ISSUER = 'https://parley.test';
const now = Math.floor(Date.now() / 1000);
const ENTRY = '0192f0c4-7b1e-7c3a-9a55-3f2f6f0f8a11';
const claims = { iss: ISSUER, aud: 'urn:parley:entry', sub: ENTRY, org_id: 'org-1', sid: 'room-1', role: 'guest', iat: now, exp: now + 600 };

const key = await newSigningKey();
const accessKey = await newSigningKey();
/** The key ring, without the database that it is kept in. */
const ring = { loadWithVersion: () => Promise.resolve({ keys: [key], version: '1' }), published: () => Promise.resolve([publicHalf(key)]) };
const tokens = new EntryTokens(ring, ISSUER);
const signer = await tokens.signer();
const genuine = await signer.sign({ entryId: ENTRY, orgId: 'org-1', sid: 'room-1', role: 'guest', capabilities: ['subscribe'], enteredAt: new Date(), linkEnd: null });
const attack = attacked(genuine, { key, claims, verify: (token) => tokens.verify(token) });
const { issuer, verdict } = attack;

describe('The verifier of entry tokens', () => {
  itWithstandsForgery(attack);
  itRefusesTheKeyOf('access tokens', accessKey, attack);

  it.each([
    ['an access token', { typ: 'at+jwt' }, { aud: 'urn:parley:api' }],
    ['an access token that calls itself an entry token', {}, { aud: 'urn:parley:api' }],
    ['an entry token that calls itself an access token', { typ: 'at+jwt' }, {}],
    ['an entry that is none', {}, { sub: 'key-1' }],
    ['an entry of no session', {}, { sid: undefined }],
    ['an entry of two sessions', {}, { sid: ['room-1', 'room-2'] }],
  ])('refuses another kind under its own key: %s', async (_kind, header, changes) => {
    expect(await verdict(compact({ ...issuer.header, ...header }, { ...claims, ...changes }, issuer.sign))).toBe(REFUSED);
  });

  it('takes the last of two claims of one name, as every reader of ours does (RFC 7519, section 4)', async () => {
    const twice = `${JSON.stringify({ ...claims, sid: 'room-0' }).slice(0, -1)},"sid":"room-1"}`;
    expect(await tokens.verify(compact(issuer.header, twice, issuer.sign))).toMatchObject({ sid: 'room-1' });
  });
});
