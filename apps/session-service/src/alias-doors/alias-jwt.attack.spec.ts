import { generateKeyPairSync } from 'node:crypto';
import { compact, forgeries, headerMisissues, hmac, type Issuer, takeApart } from '@parley/testing';
import { readAliasJwt } from './alias-jwt.js';

const now = 1_800_000_000;
const jwtSecret = 'a secret of the owner’s';
const expected = { aliasId: 'aB3xZ', jwtSecret, now: new Date(now * 1000) };
const claims = { alias: 'aB3xZ', user_id: 'u1', host: true, expires_in: now + 3600 };
const issuer: Issuer = { header: { alg: 'HS256', typ: 'JWT' }, claims, sign: hmac(jwtSecret) };
const genuine = compact(issuer.header, issuer.claims, issuer.sign);
const parts = takeApart({ token: genuine, publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey });

const read = (token: string, more: Partial<typeof expected> = {}) => readAliasJwt(token, { ...expected, ...more });
const signed = (changes: object) => compact(issuer.header, { ...claims, ...changes }, issuer.sign);

/** An alias JWT names no issuer: what it says of one is ignored. */
describe('The verifier of alias JWTs', () => {
  it('accepts the token that the attacks begin with', () => {
    expect(read(genuine)).toEqual({ userId: 'u1', host: true, issuedAt: undefined, expiresAt: now + 3600 });
  });

  it.each(forgeries)('refuses a forgery: $name', ({ forge }) => {
    expect(read(forge(parts))).toBeUndefined();
  });

  it.each(headerMisissues.filter(({ name }) => !name.includes('iss ')))('refuses a token signed with the right secret, but with $name', ({ issue }) => {
    expect(read(issue(issuer))).toBeUndefined();
  });

  it.each([
    ['another alias', { aliasId: 'zzzzz' }],
    ['another secret', { jwtSecret: 'other' }],
    ['a secret in other letters', { jwtSecret: jwtSecret.toUpperCase() }],
    ['the end of its time', { now: new Date((now + 3600) * 1000) }],
  ])('refuses it at %s', (_where, more) => {
    expect(read(genuine, more)).toBeUndefined();
  });

  it.each(['s', 'ключ', '🔑', ' ', 'x'.repeat(4096)])('takes a secret of any kind as its UTF-8 bytes: %#', (secret) => {
    expect(read(compact(issuer.header, claims, hmac(secret)), { jwtSecret: secret })).toBeDefined();
  });
});

describe('A claim of an alias JWT', () => {
  it.each([
    [{ alias: undefined }],
    [{ alias: 'ab3xz' }],
    [{ alias: ['aB3xZ'] }],
    [{ alias: null }],
    [{ user_id: 7 }],
    [{ user_id: null }],
    [{ user_id: ['u1'] }],
    [{ user_id: 'x'.repeat(257) }],
    [{ host: 'true' }],
    [{ host: 1 }],
    [{ host: null }],
    [{ expires_in: undefined }],
    [{ expires_in: null }],
    [{ expires_in: String(now + 60) }],
    [{ expires_in: 0 }],
    [{ expires_in: -1 }],
    [{ expires_in: now }],
    [{ expires_in: now - 1 }],
    [{ expires_in: 1e9 }],
    [{ exp: now }],
    [{ exp: now - 1 }],
    [{ exp: String(now + 60) }],
    [{ exp: null }],
    [{ nbf: now + 1 }],
    [{ nbf: 'soon' }],
    [{ iat: 'now' }],
    [{ expires_in: 60, iat: now - 60 }],
    [{ expires_in: 60, iat: now - 61 }],
  ])('%j is refused', (changes) => {
    expect(read(signed(changes))).toBeUndefined();
  });

  it.each([
    [{ user_id: undefined, host: undefined }, { userId: undefined, host: false, issuedAt: undefined, expiresAt: now + 3600 }],
    [{ user_id: '' }, { userId: undefined, host: true, issuedAt: undefined, expiresAt: now + 3600 }],
    [{ host: false }, { userId: 'u1', host: false, issuedAt: undefined, expiresAt: now + 3600 }],
    [{ expires_in: 1 }, { userId: 'u1', host: true, issuedAt: undefined, expiresAt: undefined }],
    [{ expires_in: 999_999_999 }, { userId: 'u1', host: true, issuedAt: undefined, expiresAt: undefined }],
    [{ expires_in: 61, iat: now - 60 }, { userId: 'u1', host: true, issuedAt: now - 60, expiresAt: now + 1 }],
    [{ exp: now + 1 }, { userId: 'u1', host: true, issuedAt: undefined, expiresAt: now + 1 }],
    [{ exp: now + 7200 }, { userId: 'u1', host: true, issuedAt: undefined, expiresAt: now + 3600 }],
    [{ nbf: now, other: {} }, { userId: 'u1', host: true, issuedAt: undefined, expiresAt: now + 3600 }],
  ])('%j is taken', (changes, bearer) => {
    expect(read(signed(changes))).toEqual(bearer);
  });

  it('is refused where JSON makes infinity of it', () => {
    const text = JSON.stringify({ ...claims, expires_in: 0 }).replace('"expires_in":0', '"expires_in":1e999');
    expect(read(compact(issuer.header, text, issuer.sign))).toBeUndefined();
  });
});
