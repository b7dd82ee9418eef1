import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PublicJwk } from '@parley/dto';
import { compact, ecdsa } from '@parley/testing';
import { compactVerify, type JWK } from 'jose';
import { KeySet } from './key-set.js';
import { publicHalf } from './sign.js';
import { verifyEs256 } from './verify.js';

interface Vector {
  tcId: number;
  comment: string;
  jws: string;
  result: 'valid' | 'invalid';
}
interface Group {
  comment: string;
  key: JWK;
  tests: Vector[];
}
interface Vectors {
  groups: Group[];
  /** The private half of the key of most groups. */
  signer: JWK;
}

/** Published test vectors: see `notice` in the file. */
const { groups, signer } = JSON.parse(readFileSync(new URL('./fixtures/wycheproof-es256.json', import.meta.url), 'utf8')) as Vectors;
const vectors = groups.flatMap(({ comment, key, tests }) => tests.map((test) => ({ ...test, group: comment, key })));
/** ES512 with its own key: a valid signature that a verifier which pins ES256 has to refuse. */
const ofAnotherAlgorithm = [347];

const ISSUER = 'https://parley.test';
const expected = { typ: 'at+jwt', audience: 'urn:parley:api' };
const now = Math.floor(Date.now() / 1000);
const header = { alg: 'ES256', typ: 'at+jwt', kid: String(signer.kid) };
const claims = { iss: ISSUER, aud: 'urn:parley:api', sub: 'key-1', iat: now, exp: now + 600 };
const genuine = compact(header, claims, ecdsa(createPrivateKey({ key: signer as JsonWebKey, format: 'jwk' })));

const keySetOf = (...keys: JWK[]): KeySet => new KeySet(() => Promise.resolve({ issuer: ISSUER, keys }));
const ours = keySetOf(publicHalf(signer));

const outcome = (work: Promise<unknown>): Promise<'valid' | 'invalid'> => work.then(() => 'valid', () => 'invalid');

/** The key as the contract lets it through and the key set imports it; the signature as `verifyEs256` judges it, without the claims. */
async function judge(jws: string, key: JWK): Promise<unknown> {
  const published = PublicJwk.parse(key);
  const found = await keySetOf(published).find(published.kid);
  return compactVerify(jws, found!.key, { algorithms: ['ES256'] });
}

describe('ES256 as our tokens have it, by the vectors of Wycheproof', () => {
  it.each(vectors)('$tcId $group, $comment: $result', async ({ tcId, jws, key, result }) => {
    expect(await outcome(judge(jws, key))).toBe(ofAnotherAlgorithm.includes(tcId) ? 'invalid' : result);
  });

  it('has a token of ours under their key to begin with', async () => {
    expect(await verifyEs256(genuine, ours, expected)).toMatchObject(claims);
  });

  it.each(vectors)('$tcId $group, $comment: no token of ours', async ({ jws }) => {
    await expect(verifyEs256(jws, ours, expected)).rejects.toMatchObject({ code: 'token.invalid' });
  });

  it.each(vectors)('$tcId $group, $comment: nor is a token of ours with that signature', async ({ jws }) => {
    const signature = jws.split('.')[2] ?? '';
    const token = `${genuine.slice(0, genuine.lastIndexOf('.'))}.${signature}`;
    await expect(verifyEs256(token, ours, expected)).rejects.toMatchObject({ code: 'token.invalid' });
  });
});
