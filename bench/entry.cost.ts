import pg from 'pg';
import type { Figures } from './figures.js';

/** What the server counts: bytes of its log, and transactions and rows of the database. */
const countersSql = `
select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal, d.xact_commit::float8 as transactions,
  (select coalesce(max(id), 0) from session.outbox)::float8 as events
from pg_stat_database d where d.datname = current_database()`;

interface Counters {
  wal: number;
  transactions: number;
  events: number;
}

/** What one entry costs while `work` runs, relays and heartbeats of the whole system included. */
export async function costOf(databaseUrl: string, work: () => Promise<Figures>, clients: number): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const [before, { perSecond, seconds }, after] = [await read(client), await work(), await settled(client)];
    const entries = perSecond * seconds;
    const each = (name: keyof Counters): string => ((after[name] - before[name]) / entries).toFixed(2);
    return `an entry at ${clients} client(s): ${each('wal')} bytes of WAL, ${each('transactions')} transactions, ${each('events')} events, each one message to JetStream`;
  } finally {
    await client.end();
  }
}

const read = async (client: pg.Client): Promise<Counters> => (await client.query<Counters>(countersSql)).rows[0] ?? { wal: 0, transactions: 0, events: 0 };

/** Backends tell what they have done a second late. */
async function settled(client: pg.Client): Promise<Counters> {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return read(client);
}
