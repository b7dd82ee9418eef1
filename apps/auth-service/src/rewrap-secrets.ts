import { Database, type RewrapReport, rewrapUntilQuiet, Sealer } from '@parley/persistence';
import { bySystem, recordAct } from './audit/record-act.js';
import { type Config, readConfig } from './config.js';
import { sealedTables } from './keys/sealed-tables.js';
import { migrations, schema } from './migrations/migrations.js';

/** Puts every secret under the first key of PARLEY_KEK_FILE, beside the running processes. May run any number of times. */
async function rewrap({ DATABASE_URL, PARLEY_KEK_FILE }: Config): Promise<RewrapReport> {
  const db = await Database.connect({ url: DATABASE_URL, schema, entities: [], migrations });
  try {
    const report = await rewrapUntilQuiet(db, Sealer.fromFile(PARLEY_KEK_FILE), sealedTables);
    const { current, rewrapped, failed } = report;
    const target = { kind: 'key-encryption-key', id: current };
    await db.write([], async (tx) => recordAct(tx, bySystem('rewrap-secrets'), { act: 'secrets.rewrapped', target, details: { rewrapped, failed: failed.length } }));
    return report;
  } finally {
    await db.close();
  }
}

const report = await rewrap(readConfig());
process.stdout.write(`${JSON.stringify(report)}\n`);
if (report.failed.length > 0) process.exitCode = 1;
