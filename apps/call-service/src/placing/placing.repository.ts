import { Inject, Injectable } from '@nestjs/common';
import { insertOutbox, prepared, type ReadTx, type Tx } from '@parley/persistence';
import type { UserOf } from '../calls/calls.repository.js';
import type { PlacedCall } from '../calls/placed-call.entity.js';
import type { KnownRule } from '../limits/limit-rules.js';

/** Seconds after which a call that nobody stops is over. */
export const CALL_MAX_DURATION = Symbol('CALL_MAX_DURATION');

/** Who places a call, and through what. */
export interface Placer extends UserOf {
  clientId: string;
}

/** What is known of a user at one moment. */
export interface Facts {
  now: Date;
  /** When a call that begins now is over at the latest. */
  expires: Date;
  rules: KnownRule[];
  /** Calls of the user that go on. */
  ongoing: number;
  /** Those that are over and still hold their slot. */
  lapsed: string[] | null;
  /** The lowest slot that no call holds. */
  free: number;
}

/** How full an org is. */
export interface OrgUse {
  ongoing: number;
  /** When there is room again if nobody ends a call. */
  roomAt: Date | null;
}

export const factsSql = prepared(
  'placing-facts',
  `
with mine as materialized (select slot, call_id, until > parley_now() as live from call_slot where org_id = $1 and user_id = $2)
select parley_now() as now, parley_now() + make_interval(secs => $4) as expires, counted.*, ruled.rules,
  case when exists (select from mine where slot = 1) then (select min(m.slot) + 1 from mine m where not exists (select from mine n where n.slot = m.slot + 1)) else 1 end as free
from (select count(*) filter (where live) as ongoing, array_agg(call_id) filter (where not live) as lapsed from mine) counted,
  (select coalesce(json_agg(json_build_object('kind', kind, 'callsPerUser', calls_per_user, 'ongoingCalls', ongoing_calls, 'username', username)), '[]') as rules
   from limit_rule where (kind, key) in (('everyone', 'all'), ('org', $1), ('user', $2), ('client', $3))) ruled`,
);

export const placeSql = prepared(
  'place-call',
  `with told as (${insertOutbox('$13')}), call as (
     insert into placed_call (id, org_id, user_id, username, client_id, number, token, state, auto_end, placed, expires, sequence)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)
   ) insert into call_slot (org_id, user_id, slot, call_id, until) values ($2, $3, $12, $1, $11)`,
);

@Injectable()
export class PlacingRepository {
  constructor(@Inject(CALL_MAX_DURATION) private readonly maxDuration: number) {}

  /** One statement of its own. After the lock its snapshot holds what those before us have committed. */
  async facts(tx: ReadTx, { orgId, userId, clientId }: Placer): Promise<Facts> {
    const [facts] = await tx.query<Facts>(factsSql, [orgId, userId, clientId, this.maxDuration]);
    return facts as Facts;
  }

  /** When the user has fewer calls again than so many, if nobody ends one. */
  async fewerAt(tx: ReadTx, { orgId, userId }: UserOf, tooMany: number): Promise<Date | null> {
    const sql = 'select until from call_slot where org_id = $1 and user_id = $2 and until > parley_now() order by until offset $3 limit 1';
    const [row] = await tx.query<{ until: Date }>(sql, [orgId, userId, tooMany]);
    return row?.until ?? null;
  }

  /** Takes the org's lock, after the user's, and counts behind it. */
  async orgUse(tx: Tx, orgId: string, cap: number): Promise<OrgUse> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`2 calls of org ${orgId}`]);
    const sql = `with live as materialized (select until from call_slot where org_id = $1 and until > parley_now())
      select counted.ongoing, (select until from live order by until offset greatest(counted.ongoing - $2, 0) limit 1) as "roomAt" from (select count(*) as ongoing from live) counted`;
    const [use] = await tx.query<OrgUse>(sql, [orgId, cap]);
    return use as OrgUse;
  }

  async insert(tx: Tx, { state: call }: PlacedCall, slot: number): Promise<void> {
    const { id, orgId, userId, username, clientId, number, token, state, autoEnd, placed, expires } = call;
    await tx.query(placeSql, [id, orgId, userId, username, clientId, number, token, state, autoEnd, placed, expires, slot, tx.takeEvents()]);
  }
}
