import { randomBytes } from 'node:crypto';
import { migrate } from '../../../tools/stack/migrate.js';
import { asAdmin, dropDatabase, ensureDatabase, provision, roleUrl, withDatabase, type DatabaseUrls } from '../../../tools/stack/provision.js';
import { databaseNames, type DatabaseName } from '../../../tools/stack/services.js';

export interface TestDatabase {
  /** Usable as the service's DATABASE_URL: its role, its schema, no table yet. */
  url: string;
  drop(): Promise<void>;
}

export interface SystemDatabase {
  adminUrl: string;
  urls: DatabaseUrls;
  drop(): Promise<void>;
}

/** A fresh database with the service's schema and role, as the stack makes them. The spec runs the service's migrations. */
export async function testDatabase(service: DatabaseName): Promise<TestDatabase> {
  const { urls, drop } = await createDatabase([service]);
  return { url: urls[service] ?? '', drop };
}

/** A fresh database with the schemas, roles and tables of all services, on the server of this run unless another is told. */
export async function systemDatabase(server?: string): Promise<SystemDatabase> {
  if (server === undefined) return copyOfTemplate();
  const database = await createDatabase(databaseNames, server);
  await migrate(database.urls);
  return database;
}

const TEMPLATE = 'parley_template';

/** Made once a run: what every service's migrations make. Copies of it have its roles, and are apart all the same. */
export async function makeTemplate(server: string): Promise<void> {
  const adminUrl = await ensureDatabase(server, TEMPLATE);
  const urls = await provision({ adminUrl, names: databaseNames, passwordOf: () => TEMPLATE });
  await asAdmin(adminUrl, async (admin) => {
    for (const name of databaseNames) await admin.query(`alter role ${TEMPLATE}_${name} set search_path = ${name}`); // wherever it connects to
  });
  await migrate(urls);
}

async function copyOfTemplate(): Promise<SystemDatabase> {
  const server = serverOfThisRun();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, (admin) => admin.query(`create database ${name} template ${TEMPLATE}`));
  const roles = withDatabase(server, TEMPLATE);
  const urls = Object.fromEntries(databaseNames.map((service) => [service, withDatabase(roleUrl(roles, service, TEMPLATE), name)]));
  return { adminUrl: withDatabase(server, name), urls, drop: () => dropDatabase(server, name) };
}

async function createDatabase(names: readonly DatabaseName[], server = serverOfThisRun()): Promise<SystemDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const adminUrl = await ensureDatabase(server, name);
  const urls = await provision({ adminUrl, names, passwordOf: () => name });
  return { adminUrl, urls, drop: () => dropDatabase(server, name) };
}

function serverOfThisRun(): string {
  const url = process.env['TEST_DATABASE_ADMIN_URL'];
  if (!url) throw new Error('No PostgreSQL in this run: a spec that needs one is called *.db.spec.ts or e2e/*.e2e.ts');
  return url;
}
