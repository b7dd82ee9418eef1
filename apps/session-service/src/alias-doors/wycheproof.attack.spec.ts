import { createHmac } from 'node:crypto';
import { type Hs256Vector, hs256Vectors, isJudged, withClaims } from '@parley/testing';
import { readAliasJwt } from './alias-jwt.js';

const now = 1_800_000_000;
const vectors = hs256Vectors();
const hs256 = (signed: string, key: Buffer): string => createHmac('sha256', key).update(signed).digest('base64url');
const signedPart = (jws: string): string => jws.split('.').slice(0, 2).join('.');

/** With the claims of an alias JWT for its payload. Where the vector holds the signature of its payload, it holds the one of the claims instead. */
function asAliasJwt({ jws, key }: Hs256Vector): string {
  const text = withClaims(jws, { alias: 'aB3xZ', expires_in: now + 60 });
  return text.replace(hs256(signedPart(jws), key), hs256(signedPart(text), key));
}

/** The key of a vector is bytes; node:crypto takes either. */
const read = (token: string, key: Buffer) => readAliasJwt(token, { aliasId: 'aB3xZ', jwtSecret: key as unknown as string, now: new Date(now * 1000) });

describe('HS256 as alias JWTs have it, by the vectors of Wycheproof', () => {
  it.each(vectors.filter(isJudged))('$tcId $group, $comment: $result', (vector) => {
    expect(read(asAliasJwt(vector), vector.key) ? 'valid' : 'invalid').toBe(vector.result);
  });

  it.each(vectors)('$tcId $group, $comment: no alias JWT', ({ jws, key }) => {
    expect(read(jws, key)).toBeUndefined();
  });
});
