import { randomUUID } from 'node:crypto';
import { runMigrations } from '@parley/persistence';
import { testDatabase, type TestDatabase } from '@parley/testing';
import pg from 'pg';
import { migrations, schema } from '../migrations/migrations.js';
import { factsSql } from './facts.sql.js';

/** How many others are banned and revoked in the same org. */
const OTHERS = 20_000;

let server: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  server = await testDatabase(schema);
  await runMigrations({ url: server.url, schema, migrations });
  client = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema} -c plan_cache_mode=force_generic_plan` });
  await client.connect();
}, 60_000);
afterAll(async () => {
  await client.end();
  await server.drop();
});

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
}

/** The blocks that the facts of one entry touch. */
async function blocks(): Promise<number> {
  const ann = [{ n: 0, ref: 'ref', client: 'key-1', person: 'name:Ann', hash: 'hash', people: ['name:Ann', 'email:ann@a.test'], participant: null, watching: false, subscription: null }];
  const params = ['org', 'room', JSON.stringify(ann)];
  const name = `facts_${randomUUID().replaceAll('-', '')}`;
  await client.query(`prepare ${name} as ${factsSql}`);
  const explain = `explain (analyze, buffers, format json) execute ${name}(${params.map((param) => client.escapeLiteral(param)).join(', ')})`;
  await client.query(explain); // the first one reads the catalogue
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain);
  const { Plan: plan } = rows[0]?.['QUERY PLAN'][0] ?? { Plan: { 'Shared Hit Blocks': NaN, 'Shared Read Blocks': NaN } };
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

test('AD.1: what an entry reads does not grow with how many others are banned or revoked', async () => {
  const before = await blocks();
  await client.query(`insert into ban (id, org_id, person, people, created, sequence) select gen_random_uuid(), 'org', 'name:' || n, array['name:' || n, 'email:' || n], now(), 1 from generate_series(1, ${OTHERS}) n`);
  await client.query(`insert into valid_from (org_id, kind, key, at) select 'org', 'link', 'hash ' || n, now() from generate_series(1, ${OTHERS}) n`);
  await client.query('vacuum analyze ban, valid_from');
  expect(await blocks()).toBeLessThan(before + 30);
});
