import type { LedgerEvent } from './ledger.js';

/** One event in the life of an aggregate. */
export type Step = Pick<LedgerEvent, 'aggregate' | 'sequence'>;

/** Steps that come after a later one of their aggregate. */
export function disorder(steps: readonly Step[]): string[] {
  const reached = new Map<string, number>();
  return steps.flatMap(({ aggregate, sequence }) => {
    const before = reached.get(aggregate) ?? 0;
    reached.set(aggregate, Math.max(before, sequence));
    return sequence < before ? [`${aggregate}: ${sequence} after ${before}`] : [];
  });
}

/** How many of these come behind a higher one. */
export function countOvertaken(numbers: readonly number[]): number {
  let highest = -Infinity;
  return numbers.filter((number) => number < (highest = Math.max(highest, number))).length;
}
