import { randomUUID } from 'node:crypto';
import { Database, runMigrations } from '@parley/persistence';
import { blocksOf, type Explained, testDatabase, type TestDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import { factsSql } from './facts.sql.js';

/** How many others are banned and revoked in the same org. */
const OTHERS = 20_000;

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase(schema);
  await runMigrations({ url: server.url, schema, migrations });
  db = await Database.connect({ url: server.url, schema, entities: [], poolSize: 1 });
  await db.query('set plan_cache_mode = force_generic_plan');
}, 60_000);
afterAll(async () => {
  await db.close();
  await server.drop();
});

/** The blocks that the facts of one entry touch. */
async function blocks(): Promise<number> {
  const ann = [{ n: 0, ref: 'ref', client: 'key-1', person: 'name:Ann', hash: 'hash', people: ['name:Ann', 'email:ann@a.test'], participant: null, watching: false, subscription: null }];
  const params = ['org', 'room', JSON.stringify(ann)].map((param) => `'${param}'`).join(', ');
  const name = `facts_${randomUUID().replaceAll('-', '')}`;
  await db.query(`prepare ${name} as ${factsSql}`);
  const explain = () => db.query<Explained>(`explain (analyze, buffers, format json) execute ${name}(${params})`);
  await explain(); // the first one reads the catalogue
  const plan = (await explain())[0]?.['QUERY PLAN'][0].Plan;
  return plan ? blocksOf(plan) : NaN;
}

test('AD.1: what an entry reads does not grow with how many others are banned or revoked', async () => {
  const before = await blocks();
  await db.query(`insert into ban (id, org_id, person, people, created, sequence) select gen_random_uuid(), 'org', 'name:' || n, array['name:' || n, 'email:' || n], now(), 1 from generate_series(1, ${OTHERS}) n`);
  await db.query(`insert into valid_from (org_id, kind, key, at) select 'org', 'link', 'hash ' || n, now() from generate_series(1, ${OTHERS}) n`);
  await db.query('vacuum analyze ban, valid_from');
  expect(await blocks()).toBeLessThan(before + 30);
});
