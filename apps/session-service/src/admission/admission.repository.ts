import { Injectable } from '@nestjs/common';
import { prepared, type Tx } from '@parley/persistence';
import type { SessionPlace } from '../leases/leases.repository.js';
import { Session } from '../sessions/session.entity.js';
import type { Asked, Facts } from './asked.js';

/** Leases count until they are ended, even if they have run out: a heartbeat that is under way might still find them. */
export const factsSql = prepared(
  'admission-facts',
  `
with clock as materialized (select parley_now() as now),
occurrence as materialized (select id, started, empty_since, sequence from session where org_id = $1 and sid = $2 and ended is null),
door as materialized (select id from subscription_door where org_id = $1 and ref = $3 and open order by id desc limit 1)
select clock.now, o.id as "sessionId", o.started, o.empty_since as "emptySince", o.sequence, here.*, away.*,
  (select id from door) as "subscriptionId",
  (select extract(epoch from max(v.at))::float8
    from (values ('org', $1), ('client', $4), ('session', $2), ('person', $5), ('link', $6), ('subscription', (select id::text from door))) as of(kind, key)
    join valid_from v on v.org_id = $1 and v.kind = of.kind and v.key = of.key) as "validFrom",
  (select at from link_first_use where hash = $6) as "firstUse"
from clock left join occurrence o on true
cross join lateral (
  select count(distinct l.seat) as seats, count(*) filter (where l.seat = $5) > 0 as "hasSeat",
    count(*) filter (where l.person = $5) as "entriesOfPerson", count(*) filter (where l.lease_until <= clock.now) as lapsed
  from lease l where l.session_id = o.id
) here
cross join lateral (
  select count(*) as elsewhere, array_agg(distinct l.session_id) filter (where l.lease_until <= clock.now) as "lapsedElsewhere"
  from lease l where l.subscription_id = (select id from door) and l.session_id is distinct from o.id
) away`,
);

type FactsRow = Omit<Facts, 'session' | 'lapsedElsewhere'> & {
  sessionId: string | null;
  started: Date;
  emptySince: Date | null;
  sequence: number;
  lapsedElsewhere: string[] | null;
};

@Injectable()
export class AdmissionRepository {
  /** One statement of its own, after the locks: its snapshot holds what those before us have committed. */
  async facts(tx: Tx, asked: Asked): Promise<Facts> {
    const { orgId, sid, ref, clientId, person, hash } = asked;
    const [row] = await tx.query<FactsRow>(factsSql, [orgId, sid, ref, clientId, person, hash]);
    if (!row) throw new Error('the facts of an admission are always one row');
    const { sessionId, started, emptySince, sequence, lapsedElsewhere, ...facts } = row;
    const running = { id: sessionId ?? '', orgId, sid, state: 'open' as const, started, ended: null, endReason: null, emptySince, sequence };
    return { ...facts, session: sessionId ? new Session(running) : undefined, lapsedElsewhere: await this.places(tx, lapsedElsewhere ?? []) };
  }

  /** Remembers when a credential was first seen. */
  async noteUse(tx: Tx, hash: string): Promise<void> {
    await tx.query('insert into link_first_use (hash, at) values ($1, parley_now()) on conflict do nothing', [hash]);
  }

  private async places(tx: Tx, ids: readonly string[]): Promise<SessionPlace[]> {
    if (ids.length === 0) return [];
    return tx.query<SessionPlace>('select id, org_id as "orgId", sid from session where id = any($1::uuid[])', [ids]);
  }
}
