import { Injectable } from '@nestjs/common';
import { prepared, type Query } from '@parley/persistence';
import { isUuid } from '@parley/platform';

const findSql = prepared(
  'opentok-signer',
  `select c.id from api_client c join org o on o.id = c.org_id
   where c.org_id = $1 and c.active and o.active
     and exists (select from client_secret s where s.client_id = c.id and (s.valid_until is null or s.valid_until > parley_now()))
   order by c.id = $2 desc nulls last, c.ordinal limit 1`,
);

/** Who signs for an org. */
@Injectable()
export class SignersRepository {
  /** That client, if it is an active one of the org; else the org’s oldest. */
  async find(db: { query: Query }, orgId: string, clientId: string | null): Promise<string | undefined> {
    const [row] = isUuid(orgId) ? await db.query<{ id: string }>(findSql, [orgId, clientId]) : [];
    return row?.id;
  }
}
