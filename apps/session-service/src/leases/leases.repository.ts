import { Injectable } from '@nestjs/common';
import type { HowKnown, LeaveReason, Role } from '@parley/dto';
import { prepared, type Query, type Tx } from '@parley/persistence';
import { entryColumns, type EntryRow } from '../entries/entry.entity.js';
import { trySessionLockSql } from '../sessions/session-locks.js';
import { BEAT_LEASE_S } from './lease.js';
import type { HeldLease } from './occupancy.js';

/** Who leaves, and why. */
export interface Leaving {
  entryIds: readonly string[];
  reason: Exclude<LeaveReason, 'lapsed'>;
}

/** One occurrence and the name that it is locked by. */
export interface SessionPlace {
  id: string;
  orgId: string;
  sid: string;
}

/** A lease that is over. */
export interface EndedLease {
  entryId: string;
  sessionId: string;
  /** The last moment for which there is proof that the person was there. */
  leftAt: Date;
  /** When the seat became free. */
  freedAt: Date;
  reason: LeaveReason;
  how: HowKnown;
}

/** Rows are locked in the order of their keys, as heartbeats lock them: none of these is renewed any more. */
const lockSql = `
select l.entry_id as "entryId", l.session_id as "sessionId", e.role, e.entered_at as "enteredAt", l.last_beat as "lastBeat", l.lease_until as "leaseUntil"
from lease l join entry e on e.id = l.entry_id where l.session_id = any($1::uuid[]) order by l.entry_id for update of l`;

/** Locked in the order of their keys, so that two batches, or a batch and an ending, never wait for each other. */
const beatSql = prepared(
  'heartbeats',
  `
with live as materialized (
  select entry_id from lease where entry_id = any($1::uuid[]) and lease_until > parley_now() order by entry_id for update
), l as (
  update lease set last_beat = parley_now(), lease_until = least(parley_now() + interval '${BEAT_LEASE_S} s', link_exp)
  from live where lease.entry_id = live.entry_id
  returning lease.entry_id, lease.lease_until
)
select ${entryColumns} from l join entry e on e.id = l.entry_id`,
);

/** Some sessions in which something is over, as far as nobody else is at work on them. */
const takeDueSql = `
with due as materialized (
  (select session_id as id from lease where lease_until <= parley_now() order by lease_until limit $1)
  union
  (select id from session where ended is null and due_at <= parley_now() order by due_at limit $1)
), taken as materialized (select s.id, s.org_id, s.sid from due join session s on s.id = due.id limit $1)
select id from taken where ${trySessionLockSql('taken')}`;

@Injectable()
export class LeasesRepository {
  /** Everybody who holds a lease in these sessions, run out or not. The caller holds the sessions' locks. */
  lock(tx: Tx, sessionIds: readonly string[]): Promise<HeldLease[]> {
    return tx.query<HeldLease>(lockSql, [sessionIds]);
  }

  /** Nobody stays longer than the session's own end, nor than the entry's link permits. */
  async bound(tx: Tx, sessionId: string, end: Date | null): Promise<void> {
    await tx.query(
      `update lease l set link_exp = least(e.link_exp, $2), lease_until = least(l.lease_until, $2)
       from entry e where e.id = l.entry_id and l.session_id = $1`,
      [sessionId, end],
    );
  }

  /** Of those among these entries who are in. */
  async setRole(tx: Tx, { entryIds, role }: { entryIds: readonly string[]; role: Role }): Promise<void> {
    await tx.query('update entry e set role = $2 from lease l where l.entry_id = e.id and e.id = any($1::uuid[]) and e.role <> $2', [entryIds, role]);
  }

  /** Prolongs the live ones among these leases and returns their entries. Needs no lock: it can only keep a seat, never take one. */
  beat(db: { query: Query }, entryIds: readonly string[]): Promise<EntryRow[]> {
    return db.query<EntryRow>(beatSql, [entryIds]);
  }

  /** At most `limit` sessions in which something is over; their locks are held from now on. */
  async takeDue(tx: Tx, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(takeDueSql, [limit]);
    return rows.map(({ id }) => id);
  }

  /** Where the subscription is in a session. */
  sessionsOf(tx: Tx, subscriptionId: string): Promise<SessionPlace[]> {
    return tx.query(
      `select distinct s.id, s.org_id as "orgId", s.sid from lease l join session s on s.id = l.session_id where l.subscription_id = $1`,
      [subscriptionId],
    );
  }
}
