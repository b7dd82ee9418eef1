import { readFileSync } from 'node:fs';

/** A published test vector for HS256. */
export interface Hs256Vector {
  tcId: number;
  group: string;
  comment: string;
  jws: string;
  key: Buffer;
  result: 'valid' | 'invalid';
}

interface Group {
  comment: string;
  key: { k: string };
  tests: Omit<Hs256Vector, 'group' | 'key'>[];
}

/** `valid` there, with a character in it that base64url has not: RFC 7515, 5.2 has it refused, and so do we. */
export const tooLenient = [372, 373];
/** `invalid` there for a padding that the published file has lost: letter for letter the valid vector 357. */
export const lostTheirFault = [367, 370];

/** Those whose `result` is ours, too. */
export const isJudged = ({ tcId }: Hs256Vector): boolean => ![...tooLenient, ...lostTheirFault].includes(tcId);

/** The vectors of Wycheproof: see `notice` in the file. */
export function hs256Vectors(): Hs256Vector[] {
  const { groups } = JSON.parse(readFileSync(new URL('./fixtures/wycheproof-hs256.json', import.meta.url), 'utf8')) as { groups: Group[] };
  return groups.flatMap(({ comment, key, tests }) => tests.map((test) => ({ ...test, group: comment, key: Buffer.from(key.k, 'base64url') })));
}

/** Claims in the place of a payload, which is no JSON in the vectors; what surrounds the payload stays. */
export function withClaims(jws: string, claims: object): string {
  const [header = '', payload = '', ...rest] = jws.split('.');
  return [header, payload.replace(/[\w-]{4,}/, Buffer.from(JSON.stringify(claims)).toString('base64url')), ...rest].join('.');
}
