import { Client } from 'pg';

/** One statement on a database, for what no interface of the system can bring about. */
export async function runSql<Row>(url: string, text: string, params: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client.query(text, params).then(({ rows }) => rows as Row[]).finally(() => client.end());
}
