import { signedWith } from '@parley/jwt';
import { hs256Vectors, isJudged, lostTheirFault, tooLenient, withClaims } from '@parley/testing';
import { readLink } from './session-link.js';

const vectors = hs256Vectors();

/**
 * The core of the verification of links. The payloads of the vectors are texts, and a link without claims is refused whatever its
 * signature: so the shape is judged with claims in the place of the text, and the signature over what the vector has signed.
 */
function accepts(jws: string, key: Buffer): boolean {
  const [header = '', payload = ''] = jws.split('.');
  const link = readLink(withClaims(jws, { iss: 'client' }));
  return link !== undefined && signedWith({ ...link, signed: `${header}.${payload}` }, [key as unknown as string]) === 0; // node:crypto takes either
}

describe('HS256 as session links have it, by the vectors of Wycheproof', () => {
  it.each(vectors.filter(isJudged))('$tcId $group, $comment: $result', ({ jws, key, result }) => {
    expect(accepts(jws, key) ? 'valid' : 'invalid').toBe(result);
  });

  it.each(vectors)('$tcId $group, $comment: no link', ({ jws }) => {
    expect(readLink(jws)).toBeUndefined();
  });

  it('leaves out two vectors that are the same as a valid one', () => {
    const textOf = (tcId: number) => vectors.find((each) => each.tcId === tcId)?.jws;
    expect(lostTheirFault.map(textOf)).toEqual([textOf(357), textOf(357)]);
  });

  it('is stricter than two others, which hold a character that base64url has not', () => {
    for (const { jws, key } of vectors.filter(({ tcId }) => tooLenient.includes(tcId))) {
      expect(jws).toContain('?');
      expect(accepts(jws, key)).toBe(false);
    }
  });
});
