import { type Database, rewrapTable, type Sealer, type SealedTable, sealedUnder } from '@parley/persistence';

/** Every place where auth-service keeps something sealed, with the context that it was sealed in. */
export const sealedTables: readonly SealedTable[] = [
  { table: 'client_secret', row: 'id', org: '(select c.org_id::text from api_client c where c.id = t.client_id)' },
  { table: 'signing_key', row: 'kid', org: `''` },
  { table: 'refresh_answer', row: 'token_hash', org: '(select c.org_id::text from api_client c where c.id = t.client_id)' },
];

export interface RewrapReport {
  /** Id of the key under which everything should stand now. */
  current: string;
  rewrapped: number;
  /** `<table> <row>` of what does not open. */
  failed: string[];
  /** How many texts stand under which key. An older key may leave the file when it is not named here. */
  under: Record<string, number>;
}

/** Puts everything under the first key of the file. */
export async function rewrapAll(db: Database, sealer: Sealer): Promise<RewrapReport> {
  const report: RewrapReport = { current: sealer.currentKey, rewrapped: 0, failed: [], under: {} };
  for (const where of sealedTables) {
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
export async function rewrapUntilQuiet(db: Database, sealer: Sealer): Promise<RewrapReport> {
  let [report, rewrapped] = [await rewrapAll(db, sealer), 0];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    rewrapped += report.rewrapped;
    await new Promise((resolve) => setTimeout(resolve, NOTICED_AFTER_MS));
    report = await rewrapAll(db, sealer);
    if (report.rewrapped === 0) break;
  }
  return { ...report, rewrapped: rewrapped + report.rewrapped };
}

/** Beyond it somebody seals under another key all the time: his file is an old one, and the report shows it. */
const MOST_ROUNDS = 5;
