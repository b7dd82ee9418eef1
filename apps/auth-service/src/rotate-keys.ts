import { parseArgs } from 'node:util';
import { Database, Sealer } from '@parley/persistence';
import { type Config, readConfig } from './config.js';
import { RotationService } from './keys/rotation.service.js';
import { SigningKeysRepository } from './keys/signing-keys.repository.js';
import { SigningKeysService } from './keys/signing-keys.service.js';
import { migrations, schema } from './migrations/migrations.js';
import { settingsOf } from './settings.module.js';

/** Begins to replace the key that signs access tokens; the running processes do the rest. */
async function rotate(config: Config, compromised: boolean): Promise<object> {
  const db = await Database.connect({ url: config.DATABASE_URL, schema, entities: [], migrations });
  const repository = new SigningKeysRepository();
  const rotation = new RotationService(db, new SigningKeysService(db, repository, Sealer.fromFile(config.PARLEY_KEK_FILE)), repository, settingsOf(config));
  try {
    return await (compromised ? rotation.replace() : rotation.begin());
  } finally {
    await db.close();
  }
}

const { values } = parseArgs({ options: { compromised: { type: 'boolean', default: false } } });
process.stdout.write(`${JSON.stringify(await rotate(readConfig(), values.compromised))}\n`);
