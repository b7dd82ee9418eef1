import { Client } from 'pg';
import { testDatabase } from './test-database.js';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('testDatabase', () => {
  it('gives a service its role, its schema and nothing else', async () => {
    const database = await testDatabase('session');

    await query(database.url, 'create table note (id int)');

    expect(await query(database.url, "select schemaname from pg_tables where tablename = 'note'")).toEqual([{ schemaname: 'session' }]);
    await expect(query(database.url, 'create table public.note (id int)')).rejects.toThrow('permission denied for schema public');
    await database.drop();
  });

  it('keeps two databases apart', async () => {
    const [one, other] = await Promise.all([testDatabase('auth'), testDatabase('auth')]);
    await query(one.url, 'create table note (id int)');

    await expect(query(other.url, 'select from note')).rejects.toThrow('relation "note" does not exist');
    await Promise.all([one.drop(), other.drop()]);
  });

  it('leaves neither database nor role behind', async () => {
    const database = await testDatabase('call');
    const name = new URL(database.url).pathname.slice(1);

    await database.drop();

    const admin = process.env['TEST_DATABASE_ADMIN_URL'] ?? '';
    expect(await query(admin, `select datname from pg_database where datname = '${name}'`)).toEqual([]);
    expect(await query(admin, `select rolname from pg_roles where rolname like '${name}%'`)).toEqual([]);
  });
});
