import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** datagram-link.md: `id`. */
const SHORTEST = 5;

/**
 * Random ids of a length that are looked up before one of it is given out. If any is taken the length counts as crowded, so of a space
 * that is 1 % full about every second new id is longer, at 5 % all but one in 26: whoever tries ids at random never finds many.
 */
export const PROBES = 64;

export const isAliasId = (text: string): boolean => /^[A-Za-z0-9]{5,32}$/.test(text);

const randomId = (length: number): string => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** An id that was free a moment ago, as short as the ids in use permit. `taken`: how many of these are in use. */
export async function freeAliasId(taken: (ids: readonly string[]) => Promise<number>, length = SHORTEST): Promise<string> {
  const probes = Array.from({ length: PROBES }, () => randomId(length));
  return (await taken(probes)) === 0 ? (probes[0] ?? '') : freeAliasId(taken, length + 1);
}
