import { freeAliasId, isAliasId, PROBES } from './alias-id.js';

/** Ids in use, held in memory; how many of each length. */
class Used {
  readonly ids = new Set<string>();
  readonly taken = (ids: readonly string[]): Promise<number> => Promise.resolve(ids.filter((id) => this.ids.has(id)).length);

  ofLength(length: number): number {
    return [...this.ids].filter((id) => id.length === length).length;
  }
}

test('an id has five letters or digits', async () => {
  const id = await freeAliasId(new Used().taken);
  expect(id).toMatch(/^[A-Za-z0-9]{5}$/);
  expect(isAliasId(id)).toBe(true);
});

test.each(['', 'abcd', 'abc-e', 'abcdé', 'abcde\n', 'a'.repeat(33)])('%j is none', (text) => {
  expect(isAliasId(text)).toBe(false);
});

test('a length in which any of the ids looked up is taken is not used', async () => {
  const asked: number[] = [];
  const crowded = (ids: readonly string[]): Promise<number> => {
    asked.push(ids[0]?.length ?? 0);
    return Promise.resolve(ids[0]?.length === 5 ? 1 : 0);
  };
  expect(await freeAliasId(crowded)).toHaveLength(6);
  expect(asked).toEqual([5, 6]);
});

test('every letter and digit is as likely at every place', async () => {
  const seen = new Map<string, number>();
  for (let n = 0; n < 4000; n += 1) for (const letter of await freeAliasId(new Used().taken)) seen.set(letter, (seen.get(letter) ?? 0) + 1);
  expect(seen.size).toBe(62);
  const expected = (4000 * 5) / 62;
  const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(130); // 61 degrees of freedom: more happens once in a million runs
});

/** The share of a length's ids that are in use when so many have been given out, as each is short with the chance that all that are looked up are free. */
const shareAfter = (given: number, space: number): number => 1 - (1 + ((PROBES - 1) * given) / space) ** (-1 / (PROBES - 1));

test.each([
  [1e6, 0.0011],
  [1e7, 0.0083],
  [1e8, 0.0322],
  [1e9, 0.0652],
])('when %i ids have been given out, %f of those of five characters are in use', (given, share) => {
  expect(shareAfter(given, 62 ** 5)).toBeCloseTo(share, 4);
});

/** Two letters make 3,844 ids: the same rule, small enough to fill. */
test('a length stops filling while guessing at random still finds next to nothing', async () => {
  const used = new Used();
  for (let n = 0; n < 8000; n += 1) used.ids.add(await freeAliasId(used.taken, 2));
  const share = used.ofLength(2) / 62 ** 2;
  expect(Math.abs(share - shareAfter(8000, 62 ** 2))).toBeLessThan(0.015);
  expect(used.ids.size).toBe(8000);
});
