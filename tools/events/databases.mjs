import { Database } from '../../dist/libs/persistence/src/index.js';
import { DataDir } from '../../dist/tools/stack/data-dir.js';
import { roleUrl, withDatabase } from '../../dist/tools/stack/provision.js';
import { readRunState } from '../../dist/tools/stack/run-state.js';
import { keptSecret } from '../../dist/tools/stack/secrets.js';
import { databaseNames } from '../../dist/tools/stack/services.js';
import { UsageError } from '../cli/fields.mjs';

/**
 * Runs the work with the database of a service, by its short name (`auth`, `call`, ...).
 * @template Result
 * @param {string} name
 * @param {(db: Database) => Promise<Result>} work
 */
export async function withDatabaseOf(name, work) {
  const db = await Database.connect({ url: urlOf(name), schema: name, entities: [], poolSize: 2 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** The services whose databases can be reached from here: those that are named, else all of the local stack. */
export function reachable() {
  const named = databaseNames.filter((name) => process.env[keyOf(name)]);
  return named.length > 0 ? named : databaseNames;
}

export const keyOf = (name) => `${name.toUpperCase()}_DATABASE_URL`;

function urlOf(name) {
  if (!databaseNames.includes(name)) throw new UsageError(`No service is called ${name}: there are ${databaseNames.join(', ')}.`);
  return process.env[keyOf(name)] || localUrl(name);
}

function localUrl(name) {
  const dataDir = new DataDir();
  const port = readRunState(dataDir.file('run.json'))?.processes.find((process) => process.name === 'postgres')?.port;
  if (!port) throw new UsageError(`No stack with a PostgreSQL of its own runs on ${dataDir.path}: set ${keyOf(name)} to the DATABASE_URL of the service.`);
  return roleUrl(withDatabase(`postgres://127.0.0.1:${port}/`, 'parley'), name, keptSecret(dataDir.secret(`postgres-${name}`)));
}
