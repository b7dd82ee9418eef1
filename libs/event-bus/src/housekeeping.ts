import { type Database, forgetIdempotency, PARTITION_DAYS_AHEAD } from '@parley/persistence';
import { Alarm } from './alarm.js';
import type { EventLog } from './event-log.js';
import type { Term } from './leadership.js';

const HOUR_MS = 3_600_000;
/** After a failure, e.g. a lock that was not to be had. */
const AGAIN_MS = 60_000;

/** Makes the partitions of the days to come, drops those whose time is over, forgets old idempotency keys. */
async function keepHouse(db: Database, retentionDays: number): Promise<void> {
  await db.query('select ensure_event_partitions($1)', [PARTITION_DAYS_AHEAD]);
  await db.query('select drop_event_partitions($1)', [retentionDays]);
  for (const sql of forgetIdempotency) await db.query(sql);
}

/** Every hour of a term. A failure is no reason to stop sending: the safety nets hold meanwhile. */
export async function keepHouseHourly(db: Database, retentionDays: number, term: Term, log: EventLog): Promise<void> {
  while (!term.signal.aborted) {
    const done = await keepHouse(db, retentionDays).then(() => true, (err: unknown) => (log.warn({ err }, 'partitions were not kept'), false));
    await new Alarm().sleep(done ? HOUR_MS : AGAIN_MS, term.signal);
  }
}
