import { Injectable } from '@nestjs/common';
import type { listScheduledSessions, RequestOf } from '@parley/dto';
import { prepared, type ReadTx, type Tx } from '@parley/persistence';
import { sessionNotFound } from '../sessions/sessions.errors.js';
import { type PlanRow, ScheduledSession } from './scheduled-session.entity.js';

const columns = `p.id as sid, p.org_id as "orgId", p.client_id as "clientId", p.name, p.picture, p.starts as "startsAt", p.ends as "endsAt", p.rfc1123,
  p.cancelled as "cancelledAt", p.is_call as "isCall", p.sequence`;

const findSql = prepared('find-plan', `select ${columns}, parley_now() as now from scheduled_session p where p.id = $1 and p.org_id = $2`);
const saveSql = prepared(
  'save-plan',
  `insert into scheduled_session (id, org_id, client_id, name, picture, starts, ends, rfc1123, cancelled, is_call, sequence)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   on conflict (id) do update set name = excluded.name, picture = excluded.picture, starts = excluded.starts, ends = excluded.ends,
     rfc1123 = excluded.rfc1123, cancelled = excluded.cancelled, sequence = excluded.sequence`,
);

/** A planned session as found, and when. */
export interface FoundPlan {
  session: ScheduledSession;
  now: Date;
}

@Injectable()
export class ScheduleRepository {
  async find(tx: ReadTx, orgId: string, sid: string): Promise<FoundPlan | undefined> {
    const [row] = await tx.query<PlanRow & { now: Date }>(findSql, [sid, orgId]);
    if (!row) return undefined;
    const { now, ...plan } = row;
    return { session: new ScheduledSession(plan), now };
  }

  /** One that the later API planned. @throws `session.not_found`, also for a call */
  async get(tx: ReadTx, orgId: string, sid: string): Promise<FoundPlan> {
    const found = await this.find(tx, orgId, sid);
    if (!found || found.session.isCall) throw sessionNotFound();
    return found;
  }

  /** Those that overlap the time asked for, by their start. None is longer than 12 hours, so few begin too early to matter. */
  async list(tx: ReadTx, orgId: string, { page, count, from, to, cancelled, reverse }: RequestOf<typeof listScheduledSessions>): Promise<{ items: ScheduledSession[]; more: boolean }> {
    const order = reverse ? 'desc' : 'asc';
    const rows = await tx.query<PlanRow>(
      `select ${columns} from scheduled_session p
       where p.org_id = $1 and not p.is_call and ($2 or p.cancelled is null)
         and ($3::timestamptz is null or (p.ends > $3 and p.starts > $3 - interval '12 h 1 ms')) and ($4::timestamptz is null or p.starts < $4)
       order by p.starts ${order}, p.id ${order} offset $5 limit $6`,
      [orgId, cancelled, from ?? null, to ?? null, page * count, count + 1],
    );
    return { items: rows.slice(0, count).map((row) => new ScheduledSession(row)), more: rows.length > count };
  }

  async now(tx: ReadTx): Promise<Date> {
    const [row] = await tx.query<{ now: Date }>('select parley_now() as now');
    if (!row) throw new Error('the clock is always one row');
    return row.now;
  }

  /** A new one or one that was changed. */
  save(tx: Tx, session: ScheduledSession): void {
    const { sid, orgId, clientId, name, picture, startsAt, endsAt, rfc1123, cancelledAt, isCall, sequence } = session.toRow();
    tx.send(saveSql, [sid, orgId, clientId, name, picture, startsAt, endsAt, rfc1123, cancelledAt, isCall, sequence]);
  }
}
