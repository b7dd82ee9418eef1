import type { Database } from './database.js';
import { keptSecrets } from './idempotency.js';
import { rewrapTable, type SealedTable, sealedUnder } from './sealer-rewrap.js';
import type { Sealer } from './sealer.js';

export interface RewrapReport {
  /** Id of the key under which everything should stand now. */
  current: string;
  rewrapped: number;
  /** `<table> <row>` of what does not open. */
  failed: string[];
  /** How many texts stand under which key. An older key may leave the file when it is not named here. */
  under: Record<string, number>;
}

/** Puts everything in those tables under the first key of the file, and the replies that are kept under an Idempotency-Key. */
export async function rewrapAll(db: Database, sealer: Sealer, tables: readonly SealedTable[]): Promise<RewrapReport> {
  const report: RewrapReport = { current: sealer.currentKey, rewrapped: 0, failed: [], under: {} };
  for (const where of [...tables, keptSecrets]) {
    const { rewrapped, failed } = await rewrapTable(db, sealer, where);
    report.rewrapped += rewrapped;
    report.failed.push(...failed.map((row) => `${where.table} ${row}`));
    for (const [key, count] of Object.entries(await sealedUnder(db, where))) report.under[key] = (report.under[key] ?? 0) + count;
  }
  return report;
}

/** A running process notices a changed file within a second; until then it seals under the key that was the first. Milliseconds. */
const NOTICED_AFTER_MS = 3_000;

/** Until there was nothing left to do at a time when every process on this file had noticed it. */
export async function rewrapUntilQuiet(db: Database, sealer: Sealer, tables: readonly SealedTable[]): Promise<RewrapReport> {
  let [report, rewrapped] = [await rewrapAll(db, sealer, tables), 0];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    rewrapped += report.rewrapped;
    await new Promise((resolve) => setTimeout(resolve, NOTICED_AFTER_MS));
    report = await rewrapAll(db, sealer, tables);
    if (report.rewrapped === 0) break;
  }
  return { ...report, rewrapped: rewrapped + report.rewrapped };
}

/** Beyond it somebody seals under another key all the time: his file is an old one, and the report shows it. */
const MOST_ROUNDS = 5;
