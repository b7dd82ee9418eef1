import type { CloudEvent } from '@parley/dto';
import { type Database, prepared, type Tx } from '@parley/persistence';
import { heldTerm, LeadershipLost, type Term } from './leadership.js';
import type { Verdict } from './verdict.js';

/** An event as it came, with its text for the case that it must wait. */
export interface Told {
  event: CloudEvent;
  payload: string;
}

export interface Parked {
  event_id: string;
  attempts: number;
  payload: string;
}

const asRows = (told: readonly Told[]): string =>
  JSON.stringify(told.map(({ event, payload }) => ({ event_id: event.id, aggregate: event.subject, sequence: event.sequence, subject: event.type, payload })));

const TOLD = `told as (select * from json_to_recordset($5::json) as t(event_id uuid, aggregate text, sequence bigint, subject text, payload text))`;
const TERM = `term as (${heldTerm('$1', '$2', '$3')})`;

const TAKE = prepared(
  'take events',
  `
  with ${TERM}, ${TOLD}, judged as (
    select told.*, exists (select from inbox w where w.consumer = $4 and w.aggregate = told.aggregate and w.status <> 'done') as behind from told
  ), taken as (
    insert into inbox (consumer, event_id, aggregate, sequence, subject, status, payload, next_try)
    select $4, event_id, aggregate, sequence, subject, case when behind then 'parked' else 'done' end,
      case when behind then payload end, case when behind then clock_timestamp() end
    from judged where exists (select from term)
    on conflict do nothing returning event_id, status
  )
  select (select count(*) from term) as held,
    array(select event_id::text from taken) as fresh, array(select event_id::text from taken where status = 'done') as due`,
);

const PARK = `
  with ${TERM}, ${TOLD}, parked as (
    insert into inbox (consumer, event_id, aggregate, sequence, subject, status, payload, attempts, next_try, reason)
    select $4, event_id, aggregate, sequence, subject, $6, payload, 1, clock_timestamp() + $7 * interval '1 ms', $8
    from told where exists (select from term)
    on conflict do nothing
  )
  select from term`;

/** Of each aggregate the first that waits; behind one that is dead nothing moves. */
const DUE = prepared(
  'due events',
  `
  select event_id, attempts, payload from (
    select distinct on (aggregate) event_id, attempts, payload, status, next_try from inbox
    where consumer = $1 and status <> 'done' order by aggregate, sequence
  ) head where status = 'parked' and next_try <= clock_timestamp() order by event_id limit $2`,
);

const FINISH = `
  with ${TERM}, finished as (
    update inbox set status = 'done', payload = null, next_try = null, reason = null
    where consumer = $4 and event_id = $5 and status = 'parked' and exists (select from term) returning 1
  )
  select exists (select from finished) as finished from term`;

const POSTPONE = `
  with ${TERM}, postponed as (
    update inbox set status = $6, attempts = attempts + 1, next_try = clock_timestamp() + $7 * interval '1 ms', reason = $8
    where consumer = $4 and event_id = $5 and status = 'parked' and exists (select from term)
  )
  select from term`;

/** What took effect here and what waits, of one consumer. Each write finds its term still held, or nothing of it is committed. */
export class Inbox {
  constructor(
    private readonly db: Database,
    private readonly consumer: string,
  ) {}

  /** Notes the events as done, those behind a waiting one of their aggregate as parked; tells which are to take effect now. */
  async take(tx: Tx, term: Term, told: readonly Told[]): Promise<{ due: Told[]; repeats: number }> {
    const [row] = await tx.query<{ held: number; fresh: string[]; due: string[] }>(TAKE, [...term.params, this.consumer, asRows(told)]);
    if (!row || row.held === 0) throw new LeadershipLost(term.name);
    const due = new Set(row.due); // of two copies in one batch the first takes effect
    return { due: told.filter(({ event }) => due.delete(event.id)), repeats: told.length - row.fresh.length };
  }

  async park(term: Term, told: Told, { status, waitMs, reason }: Verdict): Promise<void> {
    await this.fenced(term, PARK, [asRows([told]), status, waitMs, reason]);
  }

  due(limit: number): Promise<Parked[]> {
    return this.db.query<Parked>(DUE, [this.consumer, limit]);
  }

  /** False if it is not parked any more. */
  async finish(tx: Tx, term: Term, eventId: string): Promise<boolean> {
    const [held] = await tx.query<{ finished: boolean }>(FINISH, [...term.params, this.consumer, eventId]);
    if (!held) throw new LeadershipLost(term.name);
    return held.finished;
  }

  async postpone(term: Term, eventId: string, { status, waitMs, reason }: Verdict): Promise<void> {
    await this.fenced(term, POSTPONE, [eventId, status, waitMs, reason]);
  }

  /** What a lost term did not write must not be acknowledged. */
  private async fenced(term: Term, sql: string, params: unknown[]): Promise<void> {
    const held = await this.db.query(sql, [...term.params, this.consumer, ...params]);
    if (held.length === 0) throw new LeadershipLost(term.name);
  }
}
