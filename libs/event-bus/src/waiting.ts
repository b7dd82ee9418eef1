import type { Database } from '@parley/persistence';

/** An event that did not take effect yet. */
export interface WaitingEvent {
  consumer: string;
  eventId: string;
  subject: string;
  aggregate: string;
  sequence: number;
  /** `parked` is tried again by itself, `dead` waits for a command. */
  status: 'parked' | 'dead';
  attempts: number;
  /** Why the last try failed; null for one that waits behind another of its aggregate. */
  reason: string | null;
  nextTry: Date | null;
  /** When it came. */
  at: Date;
}

const COLUMNS = `consumer, event_id::text as "eventId", subject, aggregate, sequence, status, attempts, reason, next_try as "nextTry", at`;

/** What waits in this service, each aggregate in order; at most 1,000. */
export function listWaiting(db: Database, { consumer, status }: { consumer?: string; status?: string } = {}): Promise<WaitingEvent[]> {
  return db.query<WaitingEvent>(
    `select ${COLUMNS} from inbox where status <> 'done' and ($1::text is null or consumer = $1) and ($2::text is null or status = $2)
     order by consumer, aggregate, sequence limit 1000`,
    [consumer, status],
  );
}

/** One of them with its envelope, a CloudEvent as JSON text. */
export async function findWaiting(db: Database, eventId: string): Promise<(WaitingEvent & { payload: string }) | undefined> {
  const [row] = await db.query<WaitingEvent & { payload: string }>(`select ${COLUMNS}, payload from inbox where event_id = $1 and status <> 'done'`, [eventId]);
  return row;
}

/** Dead events of a consumer are tried again, or one of them; what is parked behind them follows by itself. The number of them. */
export async function replayDead(db: Database, consumer: string, eventId?: string): Promise<number> {
  const rows = await db.query(
    `update inbox set status = 'parked', attempts = 0, next_try = clock_timestamp()
     where consumer = $1 and status = 'dead' and ($2::uuid is null or event_id = $2) returning 1`,
    [consumer, eventId],
  );
  return rows.length;
}

/** An event is given up: it counts as done, and those behind it go on without it. False if it does not wait. */
export async function dropWaiting(db: Database, consumer: string, eventId: string): Promise<boolean> {
  const rows = await db.query(
    `update inbox set status = 'done', payload = null, next_try = null where consumer = $1 and event_id = $2 and status <> 'done' returning 1`,
    [consumer, eventId],
  );
  return rows.length > 0;
}

interface Replay {
  /** Of the service whose events they are. */
  ledger: Database;
  /** Of the service in which they are to take effect. */
  database: Database;
  consumer: string;
  since: Date;
}

const READ = `
  select id, event_id, aggregate, sequence, subject, envelope as payload from outbox
  where id > $1 and event_id >= uuid_floor($2) and aggregate not like 'canary:%' order by id limit 500`;

const PUT = `
  insert into inbox (consumer, event_id, aggregate, sequence, subject, status, payload, next_try)
  select $1, event_id, aggregate, sequence, subject, 'parked', payload, clock_timestamp()
  from json_to_recordset($2::json) as t(event_id uuid, aggregate text, sequence bigint, subject text, payload text)
  on conflict do nothing returning 1`;

/**
 * What a consumer lost with its database comes again: every event of the ledger since then that its inbox does not know is put
 * there to be tried, in order within its aggregate. What took effect does not again. The number of events put there.
 */
export async function replayFrom({ ledger, database, consumer, since }: Replay): Promise<number> {
  let [after, put] = [0, 0];
  for (;;) {
    const rows = await ledger.query<{ id: number }>(READ, [after, since]);
    const last = rows.at(-1);
    if (!last) return put;
    put += (await database.query(PUT, [consumer, JSON.stringify(rows)])).length;
    after = last.id;
  }
}
