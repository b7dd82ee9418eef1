export interface Statement {
  /** If it is prepared. */
  name?: string;
  text: string;
}

interface PoolClient {
  query: (...of: unknown[]) => unknown;
}
interface Pool {
  on(event: 'acquire', listener: (client: PoolClient) => void): void;
}

/** Everything that is sent to the database from now on, in its order. */
export function statementsOf(db: { dataSource: { driver: unknown } }): Statement[] {
  const sent: Statement[] = [];
  const heard = new Set<PoolClient>();
  (db.dataSource.driver as { master: Pool }).master.on('acquire', (client) => {
    if (heard.has(client)) return;
    heard.add(client);
    const query = client.query.bind(client);
    client.query = (...of) => (sent.push(typeof of[0] === 'string' ? { text: of[0] } : (of[0] as Statement)), query(...of));
  });
  return sent;
}
