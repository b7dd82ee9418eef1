/** Ids `low` to `high` that were not seen. `bound`: every transaction that could have drawn one of them has a smaller xid. */
export interface Hole {
  readonly low: number;
  readonly high: number;
  readonly bound: bigint;
}

/** How far the ledger has been sent: everything up to `high` but what is in the holes. */
export interface Progress {
  readonly high: number;
  readonly holes: readonly Hole[];
}

/** What one look at the ledger showed. */
export interface Sight {
  /** Of the rows that were sent, ascending. */
  readonly ids: readonly number[];
  /** Whether those are all there were; otherwise nothing is known of what comes after the last of them. */
  readonly complete: boolean;
  /** The oldest xid that was still running: `pg_snapshot_xmin`. */
  readonly xmin: bigint;
}

interface Range {
  low: number;
  high: number;
}

/** The parts of a range between the ids that were seen. */
function gaps({ low, high }: Range, seen: readonly number[]): Range[] {
  const inside = seen.filter((id) => id >= low && id <= high);
  const starts = [low, ...inside.map((id) => id + 1)];
  const ends = [...inside.map((id) => id - 1), high];
  return starts.map((start, n) => ({ low: start, high: ends[n] ?? high })).filter((range) => range.low <= range.high);
}

const lastOf = (ids: readonly number[], otherwise: number): number => Math.max(ids.at(-1) ?? otherwise, otherwise);

/** Ids that were skipped for the first time. */
export const newGaps = ({ high }: Progress, { ids }: Sight): Range[] => gaps({ low: high + 1, high: lastOf(ids, high) }, ids);

/**
 * The progress after a look. An id that was missed may still come: its transaction drew it and has not committed. It is given up
 * once a look that would have shown it was taken with no transaction running that could still bring it.
 */
export function advance(progress: Progress, sight: Sight, bound: bigint): Progress {
  const { ids, complete, xmin } = sight;
  const lookedUpTo = complete ? Infinity : (ids.at(-1) ?? -Infinity);
  const lost = (hole: Hole): boolean => hole.high <= lookedUpTo && xmin >= hole.bound;
  const old = progress.holes.flatMap((hole) => gaps(hole, ids).map((range) => ({ ...range, bound: hole.bound }))).filter((hole) => !lost(hole));
  const fresh = newGaps(progress, sight).map((range) => ({ ...range, bound }));
  return { high: lastOf(ids, progress.high), holes: [...old, ...fresh] };
}
