import { blocksOf, explained, shapeOf, testDatabase, type TestDatabase } from '@parley/testing';
import { baseMigrations, Database, listPage, type PageOf, runMigrations } from './index.js';

/** Elements of the list; as many again belong to somebody else. */
const ELEMENTS = 20_000;
const COUNT = 50;

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase('session');
  await runMigrations({ url: server.url, schema: 'session', migrations: baseMigrations });
  db = await Database.connect({ url: server.url, schema: 'session', entities: [] });
  await db.query('create table item (id uuid primary key default gen_random_uuid(), org text not null, name text not null, position bigint generated always as identity)');
  await db.query('create unique index item_of_org on item (org, position)');
  await db.query(`insert into item (org, name) select case n % 2 when 0 then 'ours' else 'theirs' end, 'i' || n from generate_series(1, ${ELEMENTS * 2}) n`);
  await db.query('vacuum analyze item');
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

/** What one page costs: its plan, and the blocks that were touched. */
async function costOf(request: { page: number; cursor?: string | undefined }): Promise<{ page: PageOf<string>; plan: string; blocks: number }> {
  const { db: explaining, plans } = explained(db);
  const spec = { select: 'i.name', from: 'item i', where: 'i.org = $1', params: ['ours'], key: 'i.position' };
  const page = await listPage(explaining, spec, { count: COUNT, ...request }, ({ name }: { name: string }) => name);
  const [plan, ...more] = plans;
  if (!plan || more.length > 0) throw new Error('a page is one statement');
  return { page, plan: shapeOf(plan), blocks: blocksOf(plan) };
}

/** The cursor that a link of the page at this depth carries. */
async function linkBefore(element: number): Promise<string> {
  const [row] = await db.query<{ position: number }>(`select position from item where org = 'ours' order by position offset $1 limit 1`, [element]);
  return Buffer.from(JSON.stringify({ after: row?.position })).toString('base64url');
}

test('P.5: a page behind a link has the same plan at any depth, both ways, and touches as many blocks', async () => {
  const first = await costOf({ page: 0 });
  const second = await costOf({ page: 1, cursor: first.page.next?.cursor });
  const deep = await costOf({ page: 200, cursor: await linkBefore(ELEMENTS / 2) });
  const deeper = await costOf({ page: 390, cursor: await linkBefore(ELEMENTS - 500) });
  const back = await costOf({ ...deeper.page.previous!, page: 389 });
  const start = await costOf({ ...second.page.previous!, page: 0 });

  // Where next to nothing lies beyond the link, PostgreSQL may fetch all of that and sort it: it touches as little.
  expect(new Set([second, deep, deeper, back].map(({ plan }) => plan))).toEqual(new Set(['Limit > Index Scan']));
  for (const { blocks } of [deep, deeper, back, start]) expect(Math.abs(blocks - second.blocks)).toBeLessThanOrEqual(3);
  expect(start.page.items).toEqual(first.page.items);
});

test('P.5: a bare number is counted up to, and finds the same page', async () => {
  const byNumber = await costOf({ page: 200 });
  const byLink = await costOf({ page: 200, cursor: await linkBefore(200 * COUNT - 1) });
  expect(byNumber.page.items).toEqual(byLink.page.items);
  expect(byNumber.blocks).toBeGreaterThan(byLink.blocks * 5);
});
