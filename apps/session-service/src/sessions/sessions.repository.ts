import { Injectable } from '@nestjs/common';
import { insertOutbox, type ReadTx, type Tx } from '@parley/persistence';
import type { EndedLease } from '../leases/leases.repository.js';
import { termsOf } from '../settings/terms.js';
import { Session, type SessionRow } from './session.entity.js';

export const sessionColumns = `s.id, s.org_id as "orgId", s.sid, s.state, s.started, s.ended, s.end_reason as "endReason", s.empty_since as "emptySince",
  s.last_left as "lastLeft", s.owner_gone_since as "ownerGoneSince", s.terms, s.sequence`;

const saveSql = `
with told as (${insertOutbox('$3')}),
over as (
  select * from json_to_recordset($2::json) as o("entryId" uuid, "leftAt" timestamptz, "freedAt" timestamptz, reason text, how text)
), freed as (
  delete from lease l using over where l.entry_id = over."entryId" returning l.entry_id, l.last_beat
), left_entries as (
  update entry e set last_beat = freed.last_beat, ended_at = over."leftAt", lease_until = over."freedAt", leave_reason = over.reason, how = over.how
  from over join freed on freed.entry_id = over."entryId" where e.id = over."entryId"
)
update session s set state = new.state, ended = new.ended, end_reason = new."endReason", empty_since = new."emptySince", last_left = new."lastLeft",
  owner_gone_since = new."ownerGoneSince", terms = new.terms, due_at = new."dueAt", sequence = new.sequence
from json_to_recordset($1::json) as new(id uuid, state text, ended timestamptz, "endReason" text, "emptySince" timestamptz, "lastLeft" boolean,
  "ownerGoneSince" timestamptz, terms jsonb, "dueAt" timestamptz, sequence bigint)
where s.id = new.id`;

/** A session as found, and when. */
export interface FoundSession {
  session: Session;
  now: Date;
}

@Injectable()
export class SessionsRepository {
  /** The latest occurrence under a name, with the people who hold a live lease in it. */
  async findLatest(tx: ReadTx, orgId: string, sid: string): Promise<{ session: Session; participants: number } | undefined> {
    const [row] = await tx.query<SessionRow & { participants: number }>(
      `select ${sessionColumns}, (select count(distinct l.seat) from lease l where l.session_id = s.id and l.lease_until > parley_now()) as participants
       from session s where s.org_id = $1 and s.sid = $2 order by s.position desc limit 1`,
      [orgId, sid],
    );
    return row && { session: sessionOf(row), participants: row.participants };
  }

  /** The id of what runs under a name now. */
  async findRunning(tx: ReadTx, orgId: string, sid: string): Promise<string | undefined> {
    const [row] = await tx.query<{ id: string }>('select id from session where org_id = $1 and sid = $2 and ended is null', [orgId, sid]);
    return row?.id;
  }

  /** The running ones among these, whose locks the caller holds. */
  async lockedRunning(tx: Tx, ids: readonly string[]): Promise<FoundSession[]> {
    const rows = await tx.query<SessionRow & { now: Date }>(
      `select ${sessionColumns}, parley_now() as now from session s where s.id = any($1::uuid[]) and s.ended is null order by s.position`,
      [ids],
    );
    return rows.map((row) => ({ session: sessionOf(row), now: row.now }));
  }

  /** Saves them, the leases that have ended in them and the events they told, in one statement. */
  async save(tx: Tx, sessions: readonly Session[], ended: readonly EndedLease[] = []): Promise<void> {
    if (sessions.length === 0) return;
    const rows = sessions.map((session) => ({ ...session.toRow(), dueAt: session.due()?.at ?? null }));
    await tx.query(saveSql, [JSON.stringify(rows), JSON.stringify(ended), tx.takeEvents()]);
  }
}

/** Only the columns of the table: what a query adds is not the session's. Terms that were not known yet when it began are Parley's own. */
export const sessionOf = ({ id, orgId, sid, state, started, ended, endReason, emptySince, lastLeft, ownerGoneSince, terms, sequence }: SessionRow): Session =>
  new Session({ id, orgId, sid, state, started, ended, endReason, emptySince, lastLeft, ownerGoneSince, terms: { ...termsOf([]), ...terms }, sequence });
