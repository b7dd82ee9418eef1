import { Injectable } from '@nestjs/common';
import { insertOutbox, type ReadTx, type Tx } from '@parley/persistence';
import { Session, type SessionRow } from './session.entity.js';
import { sessionNotFound } from './sessions.errors.js';

const columns = `s.id, s.org_id as "orgId", s.sid, s.state, s.started, s.ended, s.end_reason as "endReason", s.empty_since as "emptySince", s.sequence`;

/** A session as found, with what the database knows at the same moment. */
export interface FoundSession {
  session: Session;
  /** Whether any entry has not ended. */
  occupied: boolean;
  now: Date;
}

@Injectable()
export class SessionsRepository {
  /** The latest occurrence under a name, with the people who hold a live lease in it. */
  async findLatest(tx: ReadTx, orgId: string, sid: string): Promise<{ session: Session; participants: number } | undefined> {
    const [row] = await tx.query<SessionRow & { participants: number }>(
      `select ${columns}, (select count(distinct l.seat) from lease l where l.session_id = s.id and l.lease_until > parley_now()) as participants
       from session s where s.org_id = $1 and s.sid = $2 order by s.position desc limit 1`,
      [orgId, sid],
    );
    return row && { session: sessionOf(row), participants: row.participants };
  }

  async getLatest(tx: ReadTx, orgId: string, sid: string): Promise<{ session: Session; participants: number }> {
    const found = await this.findLatest(tx, orgId, sid);
    if (!found) throw sessionNotFound();
    return found;
  }

  /** The running ones among these, whose locks the caller holds. */
  async lockedRunning(tx: Tx, ids: readonly string[]): Promise<FoundSession[]> {
    const rows = await tx.query<SessionRow & { occupied: boolean; now: Date }>(
      `select ${columns}, exists (select from lease l where l.session_id = s.id) as occupied, parley_now() as now
       from session s where s.id = any($1::uuid[]) and s.ended is null order by s.position`,
      [ids],
    );
    return rows.map((row) => ({ session: sessionOf(row), occupied: row.occupied, now: row.now }));
  }

  /** Saves them and the events they told, in one statement. */
  async save(tx: Tx, sessions: readonly Session[]): Promise<void> {
    if (sessions.length === 0) return;
    await tx.query(
      `with told as (${insertOutbox('$2')})
       update session s set state = new.state, ended = new.ended, end_reason = new."endReason", empty_since = new."emptySince", sequence = new.sequence
       from json_to_recordset($1::json) as new(id uuid, state text, ended timestamptz, "endReason" text, "emptySince" timestamptz, sequence bigint)
       where s.id = new.id`,
      [JSON.stringify(sessions.map((session) => session.toRow())), tx.takeEvents()],
    );
  }
}

/** Only the columns of the table: what a query adds is not the session's. */
const sessionOf = ({ id, orgId, sid, state, started, ended, endReason, emptySince, sequence }: SessionRow): Session =>
  new Session({ id, orgId, sid, state, started, ended, endReason, emptySince, sequence });
