import type { Progress } from './holes.js';

/** How much of the ledger a stream need not bring again, should it be lost. */
export interface Floor {
  /** Every durable of the stream has had everything of the ledger up to this id. */
  readonly id: number;
  /** All that were ever seen, sorted: one that is away now holds the floor where it is. */
  readonly durables: readonly string[];
  /** The id behind which the stream as it is now begins. */
  readonly filledFrom: number;
}

/** A moment of a stream: once everybody has had the messages up to `seq`, everybody has had the ledger up to `id`. */
export interface Mark {
  readonly seq: number;
  readonly id: number;
}

/** A durable, as the broker tells it. */
export interface Reader {
  readonly name: string;
  /** It is here and asks for more: whoever is, notices itself what it was not given. */
  readonly present: boolean;
  /** Everything up to here is acknowledged; Infinity for one that has had all that there is for it. */
  readonly acked: number;
}

/** What is sent of the ledger without any gap. */
export const sentUpTo = ({ high, holes }: Progress): number => Math.min(high, ...holes.map(({ low }) => low - 1));

/** The floor after a look at the readers. Without any nobody can have had anything. */
export function raised(floor: Floor, mark: Mark | undefined, readers: readonly Reader[]): Floor {
  const durables = [...new Set([...floor.durables, ...readers.map(({ name }) => name)])].sort();
  const had = (name: string): boolean => readers.some((reader) => reader.name === name && reader.present && mark !== undefined && reader.acked >= mark.seq);
  const all = durables.length > 0 && durables.every(had);
  return { ...floor, durables, id: all && mark ? Math.max(floor.id, mark.id) : floor.id };
}
