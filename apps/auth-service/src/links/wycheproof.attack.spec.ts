import { readFileSync } from 'node:fs';
import { signedWith } from '@parley/jwt';
import { readLink } from './session-link.js';

interface Vector {
  tcId: number;
  comment: string;
  jws: string;
  result: 'valid' | 'invalid';
}
interface Group {
  comment: string;
  key: { k: string };
  tests: Vector[];
}

/** Published test vectors: see `notice` in the file. */
const { groups } = JSON.parse(readFileSync(new URL('./fixtures/wycheproof-hs256.json', import.meta.url), 'utf8')) as { groups: Group[] };
const vectors = groups.flatMap(({ comment, key, tests }) => tests.map((test) => ({ ...test, group: comment, key: Buffer.from(key.k, 'base64url') })));

/** `valid` there, with a character in it that base64url has not: RFC 7515, 5.2 has it refused, and so do we. */
const tooLenient = [372, 373];
/** `invalid` there for a padding that the published file has lost: letter for letter the valid vector 357. */
const lostTheirFault = [367, 370];

/** The claims of a link in the place of a payload that is no JSON; what surrounds the payload stays. */
const asLink = (payload: string): string => payload.replace(/[\w-]{4,}/, Buffer.from('{"iss":"client"}').toString('base64url'));

/**
 * The core of the verification of links. The payloads of the vectors are texts, and a link without claims is refused whatever its
 * signature: so the shape is judged with claims in the place of the text, and the signature over what the vector has signed.
 */
function accepts(jws: string, key: Buffer): boolean {
  const [header = '', payload = '', ...rest] = jws.split('.');
  const link = readLink([header, asLink(payload), ...rest].join('.'));
  return link !== undefined && signedWith({ ...link, signed: `${header}.${payload}` }, [key as unknown as string]) === 0; // node:crypto takes either
}

const judged = vectors.filter(({ tcId }) => ![...tooLenient, ...lostTheirFault].includes(tcId));

describe('HS256 as session links have it, by the vectors of Wycheproof', () => {
  it.each(judged)('$tcId $group, $comment: $result', ({ jws, key, result }) => {
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
