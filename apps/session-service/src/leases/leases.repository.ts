import { Injectable } from '@nestjs/common';
import type { HowKnown, LeaveReason } from '@parley/dto';
import { prepared, type Query, type Tx } from '@parley/persistence';
import { entryColumns, type EntryRow } from '../entries/entry.entity.js';
import { trySessionLockSql } from '../sessions/session-locks.js';
import { BEAT_LEASE_S } from './lease.js';

/** Who leaves, and why: one entry, or everybody. */
export interface Leaving {
  entryId?: string;
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

/**
 * Rows are locked in the order of their keys, as heartbeats lock them. A lease that has run out is `lapsed`, whatever the caller came
 * for: its last proof of life is its last heartbeat, or the entering.
 */
const endSql = `
with due as materialized (
  select entry_id from lease
  where session_id = any($1::uuid[]) and (lease_until <= parley_now() or ($2::text is not null and ($3::uuid is null or entry_id = $3)))
  order by entry_id for update
), freed as (
  delete from lease l using due where l.entry_id = due.entry_id
  returning l.entry_id, l.last_beat, l.lease_until, l.lease_until <= parley_now() as lapsed
), over as (
  update entry e set
    last_beat = f.last_beat,
    ended_at = case when f.lapsed then coalesce(f.last_beat, e.entered_at) else parley_now() end,
    lease_until = case when f.lapsed then f.lease_until else parley_now() end,
    leave_reason = case when f.lapsed then 'lapsed' else $2::text end,
    how = case when f.lapsed then 'inferred' else 'declared' end
  from freed f where e.id = f.entry_id
  returning e.id as "entryId", e.session_id as "sessionId", e.ended_at as "leftAt", e.lease_until as "freedAt", e.leave_reason as reason, e.how
)
select * from over order by "freedAt", "entryId"`;

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
  (select id from session where ended is null and empty_since <= parley_now() - interval '60 s' order by empty_since limit $1)
), taken as materialized (select s.id, s.org_id, s.sid from due join session s on s.id = due.id limit $1)
select id from taken where ${trySessionLockSql('taken')}`;

@Injectable()
export class LeasesRepository {
  /** Ends the lapsed leases of these sessions, and those of whoever leaves. The caller holds the sessions' locks. */
  end(tx: Tx, sessionIds: readonly string[], leaving?: Leaving): Promise<EndedLease[]> {
    return tx.query<EndedLease>(endSql, [sessionIds, leaving?.reason ?? null, leaving?.entryId ?? null]);
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
