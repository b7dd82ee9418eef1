import { sessionActRecorded } from '@parley/dto';
import { bySystem, recorderOf } from '@parley/event-bus';
import { Database, type RewrapReport, rewrapUntilQuiet, Sealer } from '@parley/persistence';
import { type Config, readConfig } from './config.js';
import { migrations, schema } from './migrations/migrations.js';
import { sealedTables } from './tokens/entry-keys.js';

/** Puts every secret under the first key of PARLEY_KEK_FILE, beside the running processes. May run any number of times. */
async function rewrap({ DATABASE_URL, PARLEY_KEK_FILE }: Config): Promise<RewrapReport> {
  const db = await Database.connect({ url: DATABASE_URL, schema, entities: [], migrations });
  try {
    const report = await rewrapUntilQuiet(db, Sealer.fromFile(PARLEY_KEK_FILE), sealedTables);
    const { current, rewrapped, failed } = report;
    const done = { act: 'secrets.rewrapped', target: { kind: 'key-encryption-key', id: current }, details: { rewrapped, failed: failed.length } };
    await db.write([], async (tx) => recorderOf(sessionActRecorded)(tx, bySystem('rewrap-secrets'), done));
    return report;
  } finally {
    await db.close();
  }
}

const report = await rewrap(readConfig());
process.stdout.write(`${JSON.stringify(report)}\n`);
if (report.failed.length > 0) process.exitCode = 1;
