import { randomBytes } from 'node:crypto';
import { dropDatabase, ensureDatabase, provision, type DatabaseUrls } from '../../../tools/stack/provision.js';
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

/** A fresh database with the schemas and roles of all services, on the server of this run unless told. */
export function systemDatabase(server = serverOfThisRun()): Promise<SystemDatabase> {
  return createDatabase(databaseNames, server);
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
