import { Injectable } from '@nestjs/common';
import type { ListOf, ListPage } from '@parley/dto';
import { type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { listAfter } from '../list-after.js';
import { digestOf, hasDigest } from '../secret-digest.js';
import { OrgToken, type OrgTokenRow } from './org-token.entity.js';
import { orgTokenNotFound } from './org-tokens.errors.js';

const columns = 'id, org_id as "orgId", name, active';

/** A token that works, without its text. */
export interface WorkingToken {
  id: string;
  orgId: string;
  issuedAt: number;
}

@Injectable()
export class OrgTokensRepository {
  get(tx: ReadTx, orgId: string, tokenId: string): Promise<OrgToken> {
    return this.one(tx, orgId, { tokenId, locking: '' });
  }

  lock(tx: Tx, orgId: string, tokenId: string): Promise<OrgToken> {
    return this.one(tx, orgId, { tokenId, locking: 'for update' });
  }

  /**
   * Whose token works now; that is the question here, so there is no org to ask for. `issuedAt`: the date of what is given for it, in
   * epoch seconds: by the database's clock, and after every revocation that it must outlive.
   */
  async findByToken(tx: ReadTx, token: string): Promise<WorkingToken | undefined> {
    const [row] = await tx.query<WorkingToken & { hash: Buffer }>(
      `select t.id, t.org_id as "orgId", t.token_hash as hash,
         floor(greatest(extract(epoch from parley_now()), (select extract(epoch from max(r.at)) + 1 from revocation r
           where (r.kind, r.key) in (('client', t.id::text), ('org', o.id::text)))))::bigint as "issuedAt"
       from org_token t join org o on o.id = t.org_id where t.token_hash = $1 and t.active and o.active`,
      [digestOf(token)],
    );
    return row && hasDigest(token, row.hash) ? row : undefined;
  }

  list(tx: ReadTx, orgId: string, page: ListPage): Promise<ListOf<OrgToken>> {
    const spec = { sql: `select ${columns}, ordinal from org_token where org_id = $1`, params: [orgId] };
    return listAfter<OrgTokenRow & { ordinal: number }, OrgToken>(tx, spec, page, (row) => new OrgToken(row));
  }

  async insert(tx: Tx, orgId: string, { name, token }: { name: string; token: string }): Promise<OrgToken> {
    const rows = await tx.query<OrgTokenRow>(`insert into org_token (id, org_id, name, token_hash) values ($1, $2, $3, $4) returning ${columns}`, [uuidv7(), orgId, name, digestOf(token)]);
    return new OrgToken(rows[0] as OrgTokenRow);
  }

  async save(tx: Tx, { id, orgId, active }: OrgToken): Promise<void> {
    await tx.query('update org_token set active = $3 where org_id = $1 and id = $2', [orgId, id, active]);
  }

  private async one(tx: ReadTx, orgId: string, { tokenId, locking }: { tokenId: string; locking: '' | 'for update' }): Promise<OrgToken> {
    const sql = `select ${columns} from org_token where org_id = $1 and id = $2 ${locking}`;
    const [row] = isUuid(tokenId) ? await tx.query<OrgTokenRow>(sql, [orgId, tokenId]) : [];
    if (!row) throw orgTokenNotFound();
    return new OrgToken(row);
  }
}
