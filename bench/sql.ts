import pg from 'pg';

export async function sql<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(text).then(({ rows }) => rows as Row[]).finally(() => client.end());
}
