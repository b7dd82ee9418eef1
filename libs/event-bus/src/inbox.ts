import type { CloudEvent } from '@parley/dto';
import { type Database, prepared, type Tx } from '@parley/persistence';
import type { Origin, Place } from './durable.js';
import { heldTerm, LeadershipLost, type Term } from './leadership.js';
import type { Verdict } from './verdict.js';

/** An event as it came, with its text for the case that it must wait. */
export interface Told {
  event: CloudEvent;
  payload: string;
  /** Of the message, in its stream. */
  seq: number;
}

export interface Parked {
  event_id: string;
  attempts: number;
  payload: string;
}

const asRow = ({ event }: Told): object => ({ event_id: event.id, aggregate: event.subject, sequence: event.sequence, subject: event.type });
const asRows = (told: readonly Told[]): string => JSON.stringify(told.map(asRow));
const withPayloads = (told: readonly Told[]): string => JSON.stringify(told.map((one) => ({ ...asRow(one), payload: one.payload })));

const rows = (json: string): string => `select * from json_to_recordset(${json}::json) as t(event_id uuid, aggregate text, sequence bigint, subject text, payload text)`;
const TOLD = `told as (${rows('$5')})`;
const TERM = `term as (${heldTerm('$1', '$2', '$3')})`;

const placed = (created: string, behind: string, seq: string): string => `placed as (
    insert into consumer_place (consumer, stream_created, stream_behind, stream_seq) select $4, ${created}, ${behind}::bigint, ${seq}::bigint from term
    on conflict (consumer) do update set stream_created = excluded.stream_created, stream_behind = excluded.stream_behind, stream_seq = excluded.stream_seq
  )`;

const TAKE = prepared(
  'take events',
  `
  with ${TERM}, ${TOLD}, judged as (
    select told.*, exists (select from inbox w where w.consumer = $4 and w.aggregate = told.aggregate and w.status <> 'done') as behind from told
  ), taken as (
    insert into inbox (consumer, event_id, aggregate, sequence, subject, status)
    select $4, event_id, aggregate, sequence, subject, 'done' from judged where not behind and exists (select from term)
    on conflict do nothing returning event_id
  ), ${placed('$6', '$7', '$8')}
  select (select count(*) from term) as held,
    array(select event_id::text from taken) as due, array(select event_id::text from judged where behind) as behind`,
);

const WAIT_BEHIND = `
  insert into inbox (consumer, event_id, aggregate, sequence, subject, status, payload, next_try)
  select $1, event_id, aggregate, sequence, subject, 'parked', payload, clock_timestamp() from (${rows('$2')}) told
  on conflict do nothing returning 1`;

const PARK = `
  with ${TERM}, ${TOLD}, parked as (
    insert into inbox (consumer, event_id, aggregate, sequence, subject, status, payload, attempts, next_try, reason)
    select $4, event_id, aggregate, sequence, subject, $6, payload, 1, clock_timestamp() + $7 * interval '1 ms', $8
    from told where exists (select from term)
    on conflict do nothing
  )
  select from term`;

/** Not synced: a server that loses it is given some messages again. */
const KEEP_PLACE = `with unsynced as (select set_config('synchronous_commit', 'off', true)), ${TERM}, ${placed('$5', '$6', '$7')} select from term, unsynced`;

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

  /** Undefined as long as nothing came. */
  async place(): Promise<Place | undefined> {
    const [row] = await this.db.query<Place>('select stream_created as created, stream_behind as behind, stream_seq as seq from consumer_place where consumer = $1', [this.consumer]);
    return row;
  }

  /** For messages that leave no other trace. */
  async keepPlace(term: Term, { created, behind, seq }: Place): Promise<void> {
    await this.fenced(term, KEEP_PLACE, [created, behind, seq]);
  }

  /**
   * Notes the events as done, those behind a waiting one of their aggregate as parked, and the last one's place in its stream; tells
   * which are to take effect now.
   */
  async take(tx: Tx, term: Term, told: readonly Told[], { created, behind }: Origin): Promise<{ due: Told[]; repeats: number }> {
    const params = [...term.params, this.consumer, asRows(told), created, behind, told.at(-1)?.seq];
    const [row] = await tx.query<{ held: number; due: string[]; behind: string[] }>(TAKE, params);
    if (!row || row.held === 0) throw new LeadershipLost(term.name);
    const waiting = row.behind.length === 0 ? 0 : await this.waitBehind(tx, told, new Set(row.behind));
    const due = new Set(row.due); // of two copies in one batch the first takes effect
    return { due: told.filter(({ event }) => due.delete(event.id)), repeats: told.length - row.due.length - waiting };
  }

  /** The number of those that did not wait before. */
  private async waitBehind(tx: Tx, told: readonly Told[], behind: ReadonlySet<string>): Promise<number> {
    const waiting = told.filter(({ event }) => behind.has(event.id));
    return (await tx.query(WAIT_BEHIND, [this.consumer, withPayloads(waiting)])).length;
  }

  async park(term: Term, told: Told, { status, waitMs, reason }: Verdict): Promise<void> {
    await this.fenced(term, PARK, [withPayloads([told]), status, waitMs, reason]);
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
