import { z } from 'zod';
import type { Progress } from './holes.js';

/** A moment: whoever was given the messages of that stream up to `seq` was given the ledger up to `id`. */
export interface Mark {
  readonly id: number;
  readonly created: string;
  readonly seq: number;
}

/** How much of the ledger a stream need not bring again, should it be lost. */
export interface Floor {
  /** Every durable of the stream has acknowledged everything up to here; undefined: nobody knows. */
  readonly at: Mark | undefined;
  /** All that were ever seen, sorted: one that is away now holds the floor where it is. */
  readonly durables: readonly string[];
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
  return { durables, at: all && mark && mark.id > (floor.at?.id ?? 0) ? mark : floor.at };
}

/** What a stream's description says of where it begins; nothing for one that begins with the ledger. */
export const asDescription = (floor: Mark | undefined): string => (floor ? JSON.stringify({ behind: floor }) : '');

const Description = z.object({ behind: z.object({ id: z.number(), created: z.string(), seq: z.number() }) });

/** Behind which moment a stream begins; undefined for one that begins with the ledger, or of which that is not said. */
export function beginningOf(description = ''): Mark | undefined {
  try {
    return Description.safeParse(JSON.parse(description)).data?.behind;
  } catch {
    return undefined;
  }
}
