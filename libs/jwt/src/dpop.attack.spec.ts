import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type GenerateKeyPairResult, type JWK, SignJWT } from 'jose';
import { AccessTokenStrategy, ProofPlace } from './access-token.strategy.js';
import { AccessTokenVerifier } from './access-token.js';
import { KeySet } from './key-set.js';
import { Es256Signer, newSigningKey, publicHalf } from './sign.js';

const ORIGIN = 'https://parley.test';
const now = () => Math.floor(Date.now() / 1000);

/** Two gateways share what is known of proofs. */
class Place extends ProofPlace {
  readonly origin = ORIGIN;
  constructor(private readonly seen: Set<string>) {
    super();
  }
  isFirstUse(id: string): Promise<boolean> {
    const first = !this.seen.has(id);
    this.seen.add(id);
    return Promise.resolve(first);
  }
}

interface Sent {
  method?: string;
  originalUrl?: string;
  authorization: string;
  dpop?: string | string[];
}

let gateways: ((sent: Sent) => Promise<string>)[];
let pair: GenerateKeyPairResult;
let jwk: JWK;
let bound: string;
let unbound: string;
let boundElsewhere: string;
let jti = 0;

beforeAll(async () => {
  const key = await newSigningKey();
  const verifier = new AccessTokenVerifier(new KeySet(() => Promise.resolve({ issuer: ORIGIN, keys: [publicHalf(key)] })));
  const seen = new Set<string>();
  gateways = [1, 2].map(() => askerOf(new AccessTokenStrategy(verifier, new Place(seen))));
  pair = await generateKeyPair('ES256', { extractable: true });
  jwk = await exportJWK(pair.publicKey);
  const signer = await Es256Signer.of(key, 'at+jwt');
  const claims = { iss: ORIGIN, aud: 'urn:parley:api', sub: 's', client_id: 'c', org_id: 'o', scope: 'call', jti: 'j', iat: now(), exp: now() + 600 };
  unbound = await signer.sign(claims);
  bound = await signer.sign({ ...claims, cnf: { jkt: await calculateJwkThumbprint(jwk) } });
  boundElsewhere = await signer.sign({ ...claims, cnf: { jkt: 'somebody-else-s-key' } });
});

/** `accepted`, or the code of the refusal. */
const askerOf =
  (strategy: AccessTokenStrategy) =>
  ({ method = 'GET', originalUrl = '/v1/?page=1', authorization, dpop }: Sent): Promise<string> =>
    new Promise((resolve) => {
      const actions = { success: () => resolve('accepted'), error: (error: { code?: string }) => resolve(error.code ?? 'another failure') };
      const headers = { authorization, ...(dpop === undefined ? {} : { dpop }) };
      Object.assign(Object.create(strategy) as AccessTokenStrategy & typeof actions, actions).authenticate({ method, originalUrl, headers });
    });

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

interface Changes {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  by?: GenerateKeyPairResult;
}

const proof = ({ claims = {}, header = {}, by = pair }: Changes = {}): Promise<string> =>
  new SignJWT({ jti: `p${(jti += 1)}`, htm: 'GET', htu: `${ORIGIN}/v1/`, iat: now(), ath: hashOf(bound), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(by.privateKey);

const ask = (sent: Partial<Sent>, gateway = 0): Promise<string> => (gateways[gateway] as (sent: Sent) => Promise<string>)({ authorization: `DPoP ${bound}`, ...sent });

describe('A token that is bound to a key', () => {
  it.each([{}, { htu: `${ORIGIN}/v1/?other=query#f` }, { htu: 'HTTPS://PARLEY.TEST:443/v1/' }, { iat: now() - 20 }])('works with a proof of it: %j', async (claims) => {
    expect(await ask({ dpop: await proof({ claims }) })).toBe('accepted');
  });

  it('never works as a mere bearer token, with or without a proof', async () => {
    expect(await ask({ authorization: `Bearer ${bound}`, dpop: await proof() })).toBe('token.invalid');
    expect(await ask({ authorization: `Bearer ${bound}` })).toBe('token.invalid');
  });

  it('does not work with a proof that was used, at whichever gateway', async () => {
    const dpop = await proof();
    expect([await ask({ dpop }, 0), await ask({ dpop }, 0), await ask({ dpop }, 1)]).toEqual(['accepted', 'dpop.invalid', 'dpop.invalid']);
  });

  it('is for whom has the key: another key, another token, an unbound one', async () => {
    const stranger = await generateKeyPair('ES256', { extractable: true });
    const strangers = { by: stranger, header: { jwk: await exportJWK(stranger.publicKey) } };
    expect(await ask({ dpop: await proof(strangers) })).toBe('token.invalid');
    expect(await ask({ authorization: `DPoP ${boundElsewhere}`, dpop: await proof({ claims: { ath: hashOf(boundElsewhere) } }) })).toBe('token.invalid');
    expect(await ask({ authorization: `DPoP ${unbound}`, dpop: await proof({ claims: { ath: hashOf(unbound) } }) })).toBe('token.invalid');
  });

  it.each<[string, () => Promise<string | string[]> | undefined]>([
    ['nothing', () => undefined],
    ['no JWT', () => Promise.resolve('x')],
    ['two headers in one', async () => `${await proof()}, ${await proof()}`],
    ['two headers', async () => [await proof(), await proof()]],
    ['another method', () => proof({ claims: { htm: 'POST' } })],
    ['a method in small letters', () => proof({ claims: { htm: 'get' } })],
    ['another path', () => proof({ claims: { htu: `${ORIGIN}/v1/orgs` } })],
    ['another host', () => proof({ claims: { htu: 'https://evil.test/v1/' } })],
    ['another scheme', () => proof({ claims: { htu: 'http://parley.test/v1/' } })],
    ['no address', () => proof({ claims: { htu: '/v1/' } })],
    ['another token', () => proof({ claims: { ath: hashOf(unbound) } })],
    ['no token', () => proof({ claims: { ath: undefined } })],
    ['too old', () => proof({ claims: { iat: now() - 61 } })],
    ['from the future', () => proof({ claims: { iat: now() + 30 } })],
    ['no time', () => proof({ claims: { iat: undefined } })],
    ['no jti', () => proof({ claims: { jti: undefined } })],
    ['an endless jti', () => proof({ claims: { jti: 'x'.repeat(257) } })],
    ['another kind of JWT', () => proof({ header: { typ: 'JWT' } })],
    ['no key', () => proof({ header: { jwk: undefined } })],
    ['the private key', async () => proof({ header: { jwk: await exportJWK(pair.privateKey) } })],
    ['another’s signature', async () => proof({ by: await generateKeyPair('ES256') })],
    ['no signature', async () => `${(await proof()).split('.').slice(0, 2).join('.')}.`],
    ['an HMAC with the public key', async () => {
      const header = { alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'AAAA' } };
      return new SignJWT({ jti: 'h', htm: 'GET', htu: `${ORIGIN}/v1/`, iat: now(), ath: hashOf(bound) }).setProtectedHeader(header).sign(Buffer.alloc(32));
    }],
  ])('does not work with %s for a proof', async (_name, make) => {
    const dpop = await make();
    expect(await ask(dpop === undefined ? {} : { dpop })).toBe('dpop.invalid');
  });
});
