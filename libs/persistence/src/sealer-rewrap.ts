import type { Database } from './database.js';
import type { Sealer } from './sealer.js';
import type { ReadTx } from './transaction.js';

/** Where sealed texts stand: SQL of ours, never input, over the table's alias `t`. */
export interface SealedTable {
  table: string;
  /** The `row` of the context, also the table's key. */
  row: string;
  /** The `org` of the context. */
  org: string;
  /** The column of the sealed text; `sealed` unless told. */
  sealed?: string;
  /** Which rows still count; all of them unless told. */
  only?: string;
}

export interface Rewrapped {
  rewrapped: number;
  /** Those that do not open, by their row: they stay as they were. */
  failed: string[];
}

interface SealedRow {
  row: string;
  org: string;
  sealed: string;
}

const BATCH = 200;

/**
 * Puts every sealed text of a table under the current key of the sealer, in batches, beside whoever uses them: one that was written
 * meanwhile stays as it was written.
 */
export async function rewrapTable(db: Database, sealer: Sealer, where: SealedTable): Promise<Rewrapped> {
  const outcome: Rewrapped = { rewrapped: 0, failed: [] };
  let after = '';
  for (;;) {
    const rows = await olderRows(db, sealer.currentKey, where, after);
    if (rows.length === 0) return outcome;
    after = rows.at(-1)?.row ?? after;
    const moved = rows.flatMap((row) => rewrap(sealer, where, row) ?? (outcome.failed.push(row.row), []));
    outcome.rewrapped += await db.write([], (tx) => save(tx, where, moved));
  }
}

/** How many sealed texts stand under which key. */
export async function sealedUnder(db: Pick<ReadTx, 'query'>, { table, sealed = 'sealed', only = 'true' }: SealedTable): Promise<Record<string, number>> {
  const rows = await db.query<{ key: string; count: number }>(
    `select split_part(t.${sealed}, '.', 2) as key, count(*) as count from ${table} t where t.${sealed} is not null and ${only} group by 1`,
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}

const olderRows = (db: Database, current: string, { table, row, org, sealed = 'sealed', only = 'true' }: SealedTable, after: string): Promise<SealedRow[]> =>
  db.query(
    `select (${row})::text as row, ${org} as org, t.${sealed} as sealed from ${table} t
     where (${row})::text collate "C" > $1 and split_part(t.${sealed}, '.', 2) <> $2 and ${only} order by (${row})::text collate "C" limit $3`,
    [after, current, BATCH],
  );

function rewrap(sealer: Sealer, { table }: SealedTable, { row, org, sealed }: SealedRow): [string, string, string][] | undefined {
  try {
    return [[row, sealed, sealer.rewrap(sealed, { table, row, org })]];
  } catch {
    return undefined; // told to the caller by its row
  }
}

async function save(tx: Pick<ReadTx, 'query'>, { table, row, sealed = 'sealed' }: SealedTable, moved: readonly [string, string, string][]): Promise<number> {
  const saved = await tx.query(
    `update ${table} t set ${sealed} = v.sealed from unnest($1::text[], $2::text[], $3::text[]) as v (row, was, sealed)
     where (${row})::text = v.row and t.${sealed} = v.was returning 1`,
    [0, 1, 2].map((column) => moved.map((each) => each[column])),
  );
  return saved.length;
}
