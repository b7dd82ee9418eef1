import { Database, type PageOf, runMigrations } from '@parley/persistence';
import { blocksOf, explained, testDatabase, type TestDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import type { RefusalRow } from './refusal.entity.js';
import { RefusalsRepository } from './refusals.repository.js';

/** One a second; every other one is another org's. */
const REFUSALS = 40_000;
const COUNT = 20;
const START = Date.parse('2026-11-01T00:00:00Z');
const second = (n: number): string => new Date(START + n * 1000).toISOString();

let server: TestDatabase;
let db: Database;
const refusals = new RefusalsRepository();

beforeAll(async () => {
  server = await testDatabase(schema);
  await runMigrations({ url: server.url, schema, migrations });
  db = await Database.connect({ url: server.url, schema, entities: [] });
  await db.query(
    `insert into refusal (id, org_id, at, code, rule, detail, sid, ref, person, name, role, client_id, link_hash)
     select gen_random_uuid(), case n % 2 when 0 then 'ours' else 'theirs' end, $1::timestamptz + n * interval '1 s', case when n > ${REFUSALS - 30} then 'link.rare' else 'session.full' end, 'rule', 'why',
       'room-' || n % 1000, 'ref-' || n % 1000, 'name:' || n % 1000, 'Ann', 'guest', 'key', 'hash' from generate_series(1, ${REFUSALS}) n`,
    [second(0)],
  );
  await db.query('vacuum analyze refusal');
}, 60_000);
afterAll(async () => {
  await db.close();
  await server.drop();
});

type Filter = Omit<Parameters<RefusalsRepository['list']>[2], 'page' | 'count'>;

/** One page of ours, and the blocks that it touches. */
const pageOf = (filter: Filter, page = 0): Promise<{ page: PageOf<RefusalRow>; blocks: number }> =>
  db.read(async (tx) => {
    const { db: explaining, plans } = explained(tx);
    const found = await refusals.list(explaining, 'ours', { page, count: COUNT, ...filter });
    return { page: found, blocks: plans.reduce((sum, plan) => sum + blocksOf(plan), 0) };
  });

const named = { sid: 'room-998', ref: 'ref-998', person: 'name:998' };
const [lateIn, early] = [second(REFUSALS - 30), second(30)];
const window = { from: second(REFUSALS / 2), to: second(REFUSALS / 2 + 30) };

test.each<[string, Filter, number]>([
  ['nothing', {}, COUNT],
  ['a session', { sid: named.sid }, COUNT],
  ['a ref', { ref: named.ref }, COUNT],
  ['a person', { person: named.person }, COUNT],
  ['a person whom nobody has refused', { person: 'name:nobody' }, 0],
  ['a code', { code: 'link.rare' }, 15],
  ['a beginning', { from: lateIn }, 16],
  ['an end', { to: early }, 14],
  ['a beginning with most of them behind it', { from: second(REFUSALS / 4) }, COUNT],
  ['a beginning and an end with most of them in between', { from: second(REFUSALS / 4), to: second(REFUSALS - 10) }, COUNT],
  ['a time', window, 15],
  ['a code at a time', { ...window, code: 'session.full' }, 15],
  ['a person at a time', { ...window, person: `name:${(REFUSALS / 2) % 1000}` }, 1],
  ['a time without any', { from: second(REFUSALS + 600) }, 0],
])(`AD.7: by %s, a page touches what it tells, not the ${REFUSALS} there are`, async (_, filter, found) => {
  const { page, blocks } = await pageOf(filter);

  expect(page.items).toHaveLength(found);
  expect(page.items.map(({ at }) => at)).toEqual(page.items.map(({ at }) => at).sort((one, other) => one.getTime() - other.getTime()));
  expect(blocks).toBeLessThanOrEqual(found + 50);
});

test('AD.7: a page behind a link costs as much as the first, and the last leads back', async () => {
  const first = await pageOf({ person: named.person });
  const second = await pageOf({ person: named.person, cursor: first.page.next?.cursor }, 1);
  const back = await pageOf({ person: named.person, cursor: second.page.previous?.cursor }, 0);

  expect(second.page).toMatchObject({ items: { length: COUNT } });
  expect(second.page).not.toHaveProperty('next');
  expect(back.page.items).toEqual(first.page.items);
  for (const { blocks } of [second, back]) expect(blocks).toBeLessThanOrEqual(first.blocks + 3);
});

/** A refusal is dated when it is judged, and gets its place when it is written. */
test('AD.7: those that were written in another order than they were judged in are found by their time', async () => {
  await db.query(
    `insert into refusal (id, org_id, at, code, rule, detail, client_id, link_hash)
     select gen_random_uuid(), 'slow', $1::timestamptz + s * interval '1 s', s || '', 'rule', 'why', 'key', 'hash' from unnest(array[10, 50, 5, 45, 0, 120]) s`,
    [second(REFUSALS + 10_000)],
  );
  const codes = async (from: number, to: number) => {
    const range = { from: second(REFUSALS + 10_000 + from), to: second(REFUSALS + 10_000 + to) };
    return (await db.read((tx) => refusals.list(tx, 'slow', { page: 0, count: COUNT, ...range }))).items.map(({ code }) => code);
  };

  expect(await codes(5, 46)).toEqual(['10', '5', '45']);
  expect(await codes(45, 121)).toEqual(['50', '45', '120']);
});
