import { runMigrations } from '@parley/persistence';
// eslint-disable-next-line parley/boundaries -- the limit is measured on the service's own tables
import { migrations, schema } from '../apps/session-service/src/migrations/migrations.js';
import { sql } from './sql.js';

/** Sessions that one client enters in one run of `pgbench`, at most. */
const ROOMS = 1500;

/** A database of pgbench's own on the same server, so that no relay works on what it writes, with doors for the rooms of so many runs. */
export async function limitDatabase(serviceUrl: string, name: string, runs: number): Promise<string> {
  await sql(serviceUrl, `create database ${name}`);
  const url = serviceUrl.replace(/\/parley$/, `/${name}`);
  await sql(url, 'create schema session');
  await runMigrations({ url, schema, migrations });
  await sql(url, `insert into session.subscription_door select gen_random_uuid(), 'bench', c || '-' || (r * 200000 + p), 1, true
    from generate_series(0, 31) c, generate_series(1, ${runs}) r, generate_series(0, ${ROOMS}) p`);
  await sql(url, `insert into session.subscription_door values (gen_random_uuid(), 'bench', 'hot', 1, true)`);
  await sql(url, 'vacuum analyze');
  return url;
}
