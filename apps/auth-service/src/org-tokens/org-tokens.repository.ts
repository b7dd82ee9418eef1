import { Injectable } from '@nestjs/common';
import type { ListOf, ListPage } from '@parley/dto';
import { type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { listAfter } from '../list-after.js';
import { hashOfToken, isSameToken, OrgToken, type OrgTokenRow } from './org-token.entity.js';
import { orgTokenNotFound } from './org-tokens.errors.js';

const columns = 'id, org_id as "orgId", name, active';

@Injectable()
export class OrgTokensRepository {
  get(tx: ReadTx, orgId: string, tokenId: string): Promise<OrgToken> {
    return this.one(tx, orgId, { tokenId, locking: '' });
  }

  lock(tx: Tx, orgId: string, tokenId: string): Promise<OrgToken> {
    return this.one(tx, orgId, { tokenId, locking: 'for update' });
  }

  /** A token that works now; whose it is is the question here, so there is no org to ask for. */
  async findByToken(tx: ReadTx, token: string): Promise<OrgToken | undefined> {
    const [row] = await tx.query<OrgTokenRow & { hash: Buffer }>(
      `select t.id, t.org_id as "orgId", t.name, t.active, t.token_hash as hash from org_token t join org o on o.id = t.org_id
       where t.token_hash = $1 and t.active and o.active`,
      [hashOfToken(token)],
    );
    return row && isSameToken(token, row.hash) ? new OrgToken(row) : undefined;
  }

  list(tx: ReadTx, orgId: string, page: ListPage): Promise<ListOf<OrgToken>> {
    const spec = { sql: `select ${columns}, ordinal from org_token where org_id = $1`, params: [orgId] };
    return listAfter<OrgTokenRow & { ordinal: number }, OrgToken>(tx, spec, page, (row) => new OrgToken(row));
  }

  async insert(tx: Tx, orgId: string, { name, token }: { name: string; token: string }): Promise<OrgToken> {
    const rows = await tx.query<OrgTokenRow>(`insert into org_token (id, org_id, name, token_hash) values ($1, $2, $3, $4) returning ${columns}`, [uuidv7(), orgId, name, hashOfToken(token)]);
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
