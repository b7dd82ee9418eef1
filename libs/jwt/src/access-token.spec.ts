import { jest } from '@jest/globals';
import { AppError } from '@parley/dto';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { AccessTokenVerifier } from './access-token.js';
import { KeySet } from './key-set.js';
import { Es256Signer, newSigningKey, publicHalf } from './sign.js';

type SigningKey = Awaited<ReturnType<typeof newSigningKey>>;

const ISSUER = 'https://parley.test';
const now = () => Math.floor(Date.now() / 1000);
const claims = (changes: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  aud: 'urn:parley:api',
  sub: 'key-1',
  client_id: 'key-1',
  org_id: 'org-1',
  scope: 'coviu-enterprise-api call',
  jti: 'j1',
  iat: now(),
  exp: now() + 60,
  ...changes,
});
const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('An access token', () => {
  let key: SigningKey;
  let published: SigningKey[];
  let fetched: number;
  let verifier: AccessTokenVerifier;
  const sign = async (changes?: Record<string, unknown>, typ = 'at+jwt', by = key) => (await Es256Signer.of(by, typ)).sign(claims(changes));
  const codeOf = (token: string) =>
    verifier.verify(token).then(
      () => 'accepted',
      (error: unknown) => (error instanceof AppError ? `${error.kind} ${error.code}` : String(error)),
    );

  beforeEach(async () => {
    key = await newSigningKey();
    published = [key];
    fetched = 0;
    verifier = new AccessTokenVerifier(
      new KeySet(() => {
        fetched += 1;
        return Promise.resolve({ issuer: ISSUER, keys: published.map(publicHalf) });
      }),
    );
  });

  it('tells who calls, for which org and with which scopes', async () => {
    expect(await verifier.verify(await sign())).toEqual({ kind: 'access', orgId: 'org-1', clientId: 'key-1', subject: 'key-1', scopes: ['coviu-enterprise-api', 'call'] });
  });

  it('is accepted up to 5 s after its end, for clocks differ, and not later', async () => {
    expect(await codeOf(await sign({ exp: now() - 3 }))).toBe('accepted');
    expect(await codeOf(await sign({ exp: now() - 6 }))).toBe('unauthenticated token.invalid');
  });

  it.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://evil.test' }],
    ['another audience', { aud: 'urn:parley:entry' }],
    ['no audience', { aud: undefined }],
    ['no end', { exp: undefined }],
    ['an end that is no number', { exp: 'tomorrow' }],
    ['no subject', { sub: undefined }],
    ['no org', { org_id: undefined }],
    ['no client', { client_id: undefined }],
    ['a key that it is bound to (cnf), so that it is no bearer token', { cnf: { jkt: 'abc' } }],
    ['a beginning in the future', { nbf: now() + 60 }],
  ])('with %s is refused', async (_case, changes) => {
    expect(await codeOf(await sign(changes))).toBe('unauthenticated token.invalid');
  });

  it.each(['JWT', 'entry+jwt', 'link+jwt', 'at+jwt2', ''])('of the kind "%s" is refused', async (typ) => {
    expect(await codeOf(await sign({}, typ))).toBe('unauthenticated token.invalid');
  });

  it('signed by a stranger under our kid is refused', async () => {
    const stranger = { ...(await newSigningKey()), kid: key.kid };
    expect(await codeOf(await sign({}, 'at+jwt', stranger))).toBe('unauthenticated token.invalid');
  });

  it.each(['none', 'None', 'nOnE', 'NONE', ''])('with the algorithm "%s" is refused', async (alg) => {
    const unsigned = `${b64({ alg, typ: 'at+jwt', kid: key.kid })}.${b64(claims())}.`;
    expect(await codeOf(unsigned)).toBe('unauthenticated token.invalid');
    expect(await codeOf(new UnsecuredJWT(claims()).encode())).toBe('unauthenticated token.invalid');
  });

  it('signed with HS256 under our public key is refused (key confusion)', async () => {
    const pem = createPublicKey({ key: publicHalf(key) as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const input = `${b64({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })}.${b64(claims())}`;
    expect(await codeOf(`${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`)).toBe('unauthenticated token.invalid');
  });

  it('that brings its own key in the header is refused', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, jwk }).sign(privateKey);
    expect(await codeOf(token)).toBe('unauthenticated token.invalid');
  });

  it.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d', '...', '{}', 'ey.ey.ey'])('that is no token at all ("%s") is refused', async (token) => {
    expect(await codeOf(token)).toBe('unauthenticated token.invalid');
  });

  it('with one bit of its signature changed is refused', async () => {
    const token = await sign();
    const at = token.lastIndexOf('.') + 10;
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    expect(await codeOf(changed)).toBe('unauthenticated token.invalid');
  });

  it('under a new key is accepted as soon as the key is published', async () => {
    await verifier.verify(await sign());
    const next = await newSigningKey();
    published = [next, key];
    jest.useFakeTimers({ now: Date.now() + 3000, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    expect(await codeOf(await sign({}, 'at+jwt', next))).toBe('accepted');
    jest.useRealTimers();
  });

  it('with an invented kid makes us ask for the keys at most once in 2 s', async () => {
    const stranger = await newSigningKey();
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => sign({ jti: String(n) }, 'at+jwt', { ...stranger, kid: `kid-${n}` })));
    for (const token of tokens) expect(await codeOf(token)).toBe('unauthenticated token.invalid');
    expect(fetched).toBe(1);
  });

  it('can’t be judged while the keys can’t be had: that is not the caller’s fault', async () => {
    const failing = new AccessTokenVerifier(new KeySet(() => Promise.reject(new AppError('unavailable', 'unavailable', 'no keys'))));
    await expect(failing.verify(await sign())).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
