import { parseArgs } from 'node:util';
import { Database, type Rotation, Sealer } from '@parley/persistence';
import { bySystem } from './audit/record-act.js';
import { type Config, readConfig } from './config.js';
import { accessKeys, noteOf } from './keys/access-keys.js';
import { migrations, schema } from './migrations/migrations.js';

/** Begins to replace the key that signs access tokens; the running processes do the rest. */
async function rotate(config: Config, compromised: boolean): Promise<Rotation> {
  const db = await Database.connect({ url: config.DATABASE_URL, schema, entities: [], migrations });
  const keys = accessKeys(db, Sealer.fromFile(config.PARLEY_KEK_FILE), config.SIGNING_KEY_ROTATION_DAYS);
  const note = noteOf(bySystem('rotate-keys'));
  try {
    return await (compromised ? keys.replace(note) : keys.begin(note));
  } finally {
    await db.close();
  }
}

const { values } = parseArgs({ options: { compromised: { type: 'boolean', default: false } } });
process.stdout.write(`${JSON.stringify(await rotate(readConfig(), values.compromised))}\n`);
