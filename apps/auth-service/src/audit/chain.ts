import { createHash } from 'node:crypto';
import type { Act } from '@parley/dto';

/** What stands before the first entry of a chain. */
export const GENESIS = '0'.repeat(64);

/** An entry as it is hashed and stored: its org and number are part of it, so that none can be moved. */
export interface ChainedAct extends Act {
  org: string;
  number: number;
}

export interface Link {
  number: number;
  entry: string;
  previousHash: string;
  hash: string;
}

export const hashOf = (previousHash: string, entry: string): string => createHash('sha256').update(`${previousHash}\n${entry}`).digest('hex');

/** JSON with the keys of every object in order and no blanks: the same facts are the same text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const text = fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${text.join(',')}}`;
}

/** The next link of a chain that ends with `hash` and has `number` links. */
export function append({ number, hash }: { number: number; hash: string }, org: string, act: Act): Link {
  const next: ChainedAct = { ...act, org, number: number + 1 };
  const entry = canonical(next);
  return { number: number + 1, entry, previousHash: hash, hash: hashOf(hash, entry) };
}

export interface Fault {
  number: number;
  reason: string;
}

/** The first link that does not hold, behind one that does; undefined: all hold. */
export function findFault(org: string, before: { number: number; hash: string }, links: readonly Link[]): Fault | undefined {
  let { number, hash } = before;
  for (const link of links) {
    const reason = faultOf(link, { org, number: number + 1, previousHash: hash });
    if (reason) return { number: number + 1, reason };
    ({ number, hash } = link);
  }
  return undefined;
}

function faultOf(link: Link, expected: { org: string; number: number; previousHash: string }): string | undefined {
  if (link.number !== expected.number) return 'the entry is missing';
  if (link.previousHash !== expected.previousHash) return 'the entry does not follow the one before it';
  if (link.hash !== hashOf(link.previousHash, link.entry)) return 'the entry was changed';
  const { org, number } = JSON.parse(link.entry) as ChainedAct;
  return org === expected.org && number === expected.number ? undefined : 'the entry is of another place';
}
