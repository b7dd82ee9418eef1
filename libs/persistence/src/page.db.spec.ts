import { testDatabase, type TestDatabase } from '@parley/testing';
import { baseMigrations, Database, listPage, type PageRequest, runMigrations } from './index.js';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase('session');
  await runMigrations({ url: server.url, schema: 'session', migrations: baseMigrations });
  db = await Database.connect({ url: server.url, schema: 'session', entities: [] });
  await db.query('create table item (id bigserial primary key, org text, name text)');
  await db.query("insert into item (org, name) select case n % 2 when 0 then 'ours' else 'theirs' end, 'i' || n from generate_series(1, 14) n");
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

const list = (request: PageRequest, org = 'ours', q: Pick<Database, 'query'> = db) =>
  listPage(q, { select: 'name', from: 'item', where: 'org = $1', params: [org], key: 'id' }, request, (row: { name: string }) => row.name);

test('the first page has no previous one, the last no next one', async () => {
  const first = await list({ page: 0, count: 3 });
  expect(first).toEqual({ items: ['i2', 'i4', 'i6'], page: 0, count: 3, next: { page: 1, cursor: expect.any(String) } });
  const last = await list({ page: 2, count: 3 });
  expect(last).toEqual({ items: ['i14'], page: 2, count: 3, previous: { page: 1, cursor: expect.any(String) } });
});

test('a last page that is just full has no next one', async () => {
  expect(await list({ page: 0, count: 7 })).not.toHaveProperty('next');
});

test('the links lead through the whole list and back', async () => {
  const first = await list({ page: 0, count: 3 });
  const second = await list({ count: 3, ...first.next! });
  const third = await list({ count: 3, ...second.next! });
  expect([second.items, third.items]).toEqual([['i8', 'i10', 'i12'], ['i14']]);
  expect(third.next).toBeUndefined();
  const back = await list({ count: 3, ...third.previous! });
  expect(back).toEqual(second);
  expect(await list({ count: 3, ...back.previous! })).toEqual(first);
});

test('a link skips nothing when an earlier element goes', async () => {
  const first = await list({ page: 0, count: 3 });
  await db.query("delete from item where name = 'i2'");
  expect((await list({ count: 3, ...first.next! })).items).toEqual(['i8', 'i10', 'i12']);
  await db.query("insert into item (id, org, name) values (2, 'ours', 'i2')");
});

test('a page past the end is empty and leads back to the last one with elements', async () => {
  expect(await list({ page: 9, count: 3 })).toEqual({ items: [], page: 9, count: 3, previous: { page: 2 } });
  expect(await list({ page: 1, count: 7 })).toEqual({ items: [], page: 1, count: 7, previous: { page: 0 } });
});

test('an empty list has no links at all', async () => {
  expect(await list({ page: 0, count: 3 }, 'nobody')).toEqual({ items: [], page: 0, count: 3 });
  expect(await list({ page: 4, count: 3 }, 'nobody')).toEqual({ items: [], page: 4, count: 3 });
});

test('a page is one statement, and at any depth a linked one reads its own rows only', async () => {
  const sent: string[] = [];
  const spy = { query: <T>(sql: string, params?: unknown[]) => (sent.push(sql), db.query<T>(sql, params)) };
  const first = await list({ page: 0, count: 3 }, 'ours', spy);
  await list({ count: 3, ...first.next! }, 'ours', spy);
  expect(sent).toHaveLength(2);
  expect(sent[1]).not.toContain('offset');
});

test.each(['', 'x', Buffer.from('{"after":"1; drop table item"}').toString('base64url'), Buffer.from('{"after":1,"before":2}').toString('base64url')])(
  'the cursor %j is refused',
  async (cursor) => {
    await expect(list({ page: 1, count: 3, cursor })).rejects.toMatchObject({ kind: 'invalid', code: 'page.cursor' });
  },
);
