import { Database } from '../../dist/libs/persistence/src/index.js';
import { DataDir } from '../../dist/tools/stack/data-dir.js';
import { roleUrl, withDatabase } from '../../dist/tools/stack/provision.js';
import { readRunState } from '../../dist/tools/stack/run-state.js';
import { keptSecret } from '../../dist/tools/stack/secrets.js';
import { databaseNames } from '../../dist/tools/stack/services.js';
import { UsageError } from '../cli/fields.mjs';

/**
 * @typedef {{ url: string, schema: string }} Place
 *
 * Runs the work with a database that has an inbox.
 * @template Result
 * @param {Place} place
 * @param {(db: Database) => Promise<Result>} work
 */
export async function withDatabaseAt(place, work) {
  const db = await Database.connect({ ...place, entities: [], poolSize: 2 });
  try {
    const [{ inbox }] = await db.query("select to_regclass('inbox') is not null as inbox");
    if (!inbox) throw new UsageError(`The schema ${place.schema} has no inbox.`);
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Of a service, by its short name (`auth`, `call`, ...). */
export const placeOf = (name) => ({ url: urlOf(name), schema: name });

/** Of a subscriber of one's own, if the options name one. */
export function subscriberOf({ database, schema }) {
  if (database === undefined && schema === undefined) return undefined;
  const url = database || process.env.SUBSCRIBER_DATABASE_URL;
  if (!url || !schema) throw new UsageError('Say of a subscriber of your own both: --schema <name>, and --database <url> or SUBSCRIBER_DATABASE_URL.');
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url)) throw new UsageError('The database is a URL, e.g. postgres://user:password@host:5432/database');
  return { url, schema };
}

/** The services whose databases can be reached from here: those that are named, else all of the local stack. */
export function reachable() {
  const named = databaseNames.filter((name) => process.env[keyOf(name)]);
  return named.length > 0 ? named : databaseNames;
}

export const keyOf = (name) => `${name.toUpperCase()}_DATABASE_URL`;

function urlOf(name) {
  if (!databaseNames.includes(name)) throw new UsageError(`No service is called ${name}: there are ${databaseNames.join(', ')}. A subscriber of your own is reached with --database and --schema.`);
  return process.env[keyOf(name)] || localUrl(name);
}

function localUrl(name) {
  const dataDir = new DataDir();
  const port = readRunState(dataDir.file('run.json'))?.processes.find((process) => process.name === 'postgres')?.port;
  if (!port) throw new UsageError(`No stack with a PostgreSQL of its own runs on ${dataDir.path}: set ${keyOf(name)} to the DATABASE_URL of the service.`);
  return roleUrl(withDatabase(`postgres://127.0.0.1:${port}/`, 'parley'), name, keptSecret(dataDir.secret(`postgres-${name}`)));
}
