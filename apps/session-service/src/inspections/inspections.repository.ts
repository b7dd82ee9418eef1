import { Injectable } from '@nestjs/common';
import type { LinkFacts } from '@parley/dto';
import type { ReadTx } from '@parley/persistence';
import type { Asked } from '../admission/asked.js';

const revocationsSql = `
select v.kind, v.key, v.at
from (values ('org', $1), ('client', $2), ('session', $3), ('link', $4), ('subscription', $5) union all select 'person', unnest($6::text[])) as of(kind, key)
join valid_from v on v.org_id = $1 and v.kind = of.kind and v.key = of.key order by v.at desc, v.kind`;

const bansSql = `
select id as "banId", person, sid, until from ban
where org_id = $1 and people && $2::text[] and (sid is null or sid = $3) and lifted is null and (until is null or until > parley_now()) order by position`;

/** What stands against a link, one by one: admission only asks whether anything does. */
@Injectable()
export class InspectionsRepository {
  async revocations(tx: ReadTx, { orgId, clientId, sid, hash, identities }: Asked, subscriptionId: string | null): Promise<LinkFacts['revocations']> {
    const rows = await tx.query<{ kind: string; key: string; at: Date }>(revocationsSql, [orgId, clientId, sid, hash, subscriptionId, identities]);
    return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  }

  async bans(tx: ReadTx, { orgId, sid, identities }: Asked): Promise<LinkFacts['bans']> {
    const rows = await tx.query<{ banId: string; person: string; sid: string | null; until: Date | null }>(bansSql, [orgId, identities, sid]);
    return rows.map(({ until, ...row }) => ({ ...row, until: until?.toISOString() ?? null }));
  }
}
