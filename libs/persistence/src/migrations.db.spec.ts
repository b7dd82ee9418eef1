import { testDatabase, type TestDatabase } from '@parley/testing';
import { baseMigrations, Database, PARTITION_DAYS_AHEAD, runMigrations, uuidv7 } from './index.js';

class NextTable1700000000001 {
  up(runner: { query(sql: string): Promise<unknown> }): Promise<unknown> {
    return runner.query('create table next_table (id int)');
  }
  down(): Promise<void> {
    return Promise.resolve();
  }
}

const DAY_MS = 86_400_000;
const migrations = [...baseMigrations, NextTable1700000000001];
let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase('call');
  const copies = [1, 2, 3].map(() => runMigrations({ url: server.url, schema: 'call', migrations: baseMigrations }));
  await Promise.all(copies);
  db = await Database.connect({ url: server.url, schema: 'call', entities: [], migrations });
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

const partitions = async (parent: string) =>
  (await db.query<{ name: string }>('select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1', [parent])).map(({ name }) => name);

const insertInbox = (id: string, status = 'done') =>
  db.query("insert into inbox (consumer, event_id, aggregate, sequence, subject, status, payload) values ('c', $1, 'a', 1, 's', $2, '{}')", [id, status]);

const insertOutbox = (id: string, sequence: number) =>
  db.query("insert into outbox (event_id, aggregate, sequence, subject, org_id, envelope) values ($1, 'a', $2, 's', 'o', '{}')", [id, sequence]);

test('three copies that migrate at once all succeed, and a fourth finds nothing to do', async () => {
  await runMigrations({ url: server.url, schema: 'call', migrations: baseMigrations });
  expect(await db.query('select name from migrations order by id')).toEqual([{ name: 'BaseTables1700000000000' }, { name: 'StreamPlaces1700000010000' }]);
});

test('an older schema is not current, the own one and a newer one are', async () => {
  expect(await db.schemaIsCurrent()).toBe(false);
  await runMigrations({ url: server.url, schema: 'call', migrations });
  expect(await db.schemaIsCurrent()).toBe(true);
  await db.query("insert into migrations (timestamp, name) values (1, 'FromTheFuture1')");
  expect(await db.schemaIsCurrent()).toBe(true);
});

test('the clock of the rules is that of the database, moved by the offset', async () => {
  const ahead = async () => (await db.query<{ s: number }>('select extract(epoch from parley_now() - now())::float8 as s'))[0]?.s ?? NaN;
  expect(await ahead()).toBeCloseTo(0, 0);
  await db.query("insert into clock_offset (ahead) values ('2 hours')");
  expect(await ahead()).toBeCloseTo(7200, 0);
  await db.query('delete from clock_offset');
});

describe('partitions', () => {
  test('there is one for each day ahead, and yesterday, of both tables', async () => {
    expect(await partitions('outbox')).toHaveLength(PARTITION_DAYS_AHEAD + 3);
    expect(await partitions('inbox')).toHaveLength(PARTITION_DAYS_AHEAD + 3);
  });

  test('today’s event is in today’s partition, not in the safety net', async () => {
    await insertOutbox(uuidv7(), 1);
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    expect(await db.query('select tableoid::regclass::text as part from outbox')).toEqual([{ part: `outbox_${day}` }]);
  });

  test('an aggregate has one event of a sequence', async () => {
    await expect(insertOutbox(uuidv7(), 1)).rejects.toMatchObject({ code: '23505' });
  });

  test('what fell into the safety net is moved to its day', async () => {
    const soon = uuidv7(Date.now() + 20 * DAY_MS);
    await insertInbox(soon);
    await insertOutbox(soon, 7);
    expect(await db.query('select event_id from only inbox_default')).toHaveLength(1);
    await db.query('select ensure_event_partitions(3)');
    expect(await db.query('select event_id from only inbox_default union all select event_id from only outbox_default')).toEqual([]);
    expect(await db.query('select event_id from inbox')).toEqual([{ event_id: soon }]);
    expect(await db.query('select sequence from outbox where event_id = $1', [soon])).toEqual([{ sequence: 7 }]);
    await expect(insertOutbox(uuidv7(Date.now() + 20 * DAY_MS), 7)).rejects.toMatchObject({ code: '23505' });
  });

  test('an old day goes once it is sent and nothing of it waits', async () => {
    const old = uuidv7(Date.now() - 40 * DAY_MS);
    await insertInbox(old, 'parked');
    await insertOutbox(old, 99);
    await db.query('select ensure_event_partitions(3)');
    const drop = async () => (await db.query<{ n: number }>('select drop_event_partitions(30) as n'))[0]?.n;
    expect(await drop()).toBe(0);
    await db.query('update relay set high = (select max(id) from outbox)');
    expect(await drop()).toBe(1);
    expect(await db.query('select from outbox where event_id = $1', [old])).toEqual([]);
    await db.query("update inbox set status = 'done' where event_id = $1", [old]);
    expect(await drop()).toBe(1);
    expect(await db.query('select from inbox where event_id = $1', [old])).toEqual([]);
  });
});
