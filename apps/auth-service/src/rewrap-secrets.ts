import { Database, Sealer } from '@parley/persistence';
import { type Config, readConfig } from './config.js';
import { rewrapUntilQuiet, type RewrapReport } from './keys/sealed-tables.js';
import { migrations, schema } from './migrations/migrations.js';

/** Puts every secret under the first key of PARLEY_KEK_FILE, beside the running processes. May run any number of times. */
async function rewrap({ DATABASE_URL, PARLEY_KEK_FILE }: Config): Promise<RewrapReport> {
  const db = await Database.connect({ url: DATABASE_URL, schema, entities: [], migrations });
  try {
    return await rewrapUntilQuiet(db, Sealer.fromFile(PARLEY_KEK_FILE));
  } finally {
    await db.close();
  }
}

const report = await rewrap(readConfig());
process.stdout.write(`${JSON.stringify(report)}\n`);
if (report.failed.length > 0) process.exitCode = 1;
