import { generateKeyPairSync } from 'node:crypto';
import { signedWith } from '@parley/jwt';
import { compact, forgeries, headerMisissues, hmac, type Issuer, takeApart } from '@parley/testing';
import { newClientSecret } from '../clients/client.entity.js';
import { readLink } from './session-link.js';

const CLIENT = '0192f0c4-7b1e-7c3a-9a55-3f2f6f0f8a11';
const secret = newClientSecret();
const claims = { iss: CLIENT, un: 'Dr Grey', ref: 'dr-grey', sid: 'room-1', rle: 'owner', email: 'grey@clinic.test', iat: 1_800_000_000, exp: 1_800_003_600 };
const issuer: Issuer = { header: { alg: 'HS256', typ: 'JWT' }, claims, sign: hmac(secret) };
const genuine = compact(issuer.header, issuer.claims, issuer.sign);
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const parts = takeApart({ token: genuine, publicKey });

/** As the service judges: the issuer that the link names selects the secrets. */
const verdict = (text: string, secrets: Readonly<Record<string, readonly string[]>> = { [CLIENT]: [newClientSecret(), secret] }): string => {
  const link = readLink(text);
  return link && signedWith(link, Object.hasOwn(secrets, link.issuer) ? secrets[link.issuer]! : []) >= 0 ? 'accepted' : 'refused';
};


describe('The verifier of session links', () => {
  it('accepts the link that the attacks begin with', () => {
    expect(verdict(genuine)).toBe('accepted');
  });

  it.each(forgeries)('refuses a forgery: $name', ({ forge }) => {
    expect(verdict(forge(parts))).toBe('refused');
  });

  it.each(headerMisissues)('refuses a link signed with the right secret, but with $name', ({ issue }) => {
    expect(verdict(issue(issuer))).toBe('refused');
  });

  it.each([
    ['another client', { [CLIENT]: [newClientSecret()], other: [secret] }],
    ['a client without a secret', { [CLIENT]: [] }],
    ['nobody', {}],
  ])('refuses a link of %s', (_whom, secrets) => {
    expect(verdict(genuine, secrets)).toBe('refused');
  });

  it('refuses the right secret in other bytes', () => {
    for (const bytes of [Buffer.from(secret, 'base64url'), Buffer.from(secret).toString('base64'), `${secret}\n`, secret.slice(0, -1), secret.toUpperCase()]) {
      expect(verdict(compact(issuer.header, claims, hmac(bytes)))).toBe('refused');
    }
  });

  it('takes the last of two claims of one name, and hands on no other (RFC 7519, section 4)', () => {
    const twice = `${JSON.stringify({ ...claims, sid: 'room-0' }).slice(0, -1)},"sid":"room-1"}`;
    expect(readLink(compact(issuer.header, twice, issuer.sign))?.claims['sid']).toBe('room-1');
  });
});
