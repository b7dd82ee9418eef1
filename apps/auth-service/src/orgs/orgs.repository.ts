import { Injectable } from '@nestjs/common';
import type { ListOf, ListPage } from '@parley/dto';
import { type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { listAfter } from '../list-after.js';
import { Org, type OrgRow } from './org.entity.js';
import { orgNotFound } from './orgs.errors.js';

const columns = 'id, name, active, calls_per_user as "callsPerUser", ongoing_calls as "ongoingCalls"';

@Injectable()
export class OrgsRepository {
  get(tx: ReadTx, orgId: string): Promise<Org> {
    return this.one(tx, orgId, '');
  }

  lock(tx: Tx, orgId: string): Promise<Org> {
    return this.one(tx, orgId, 'for update');
  }

  /** All of them, or the one. */
  list(tx: ReadTx, orgId: string | undefined, page: ListPage): Promise<ListOf<Org>> {
    const sql = `select ${columns}, ordinal from org where ($1::uuid is null or id = $1)`;
    return listAfter<OrgRow & { ordinal: number }, Org>(tx, { sql, params: [orgId ?? null] }, page, (row) => new Org(row));
  }

  /** The oldest of that name: names are for people and need not be unique. */
  async findByName(tx: ReadTx, name: string): Promise<Org | undefined> {
    const [row] = await tx.query<OrgRow>(`select ${columns} from org where name = $1 order by created, id limit 1`, [name]);
    return row && new Org(row);
  }

  async insert(tx: Tx, name: string): Promise<Org> {
    const rows = await tx.query<OrgRow>(`insert into org (id, name) values ($1, $2) returning ${columns}`, [uuidv7(), name]);
    return new Org(rows[0] as OrgRow);
  }

  async save(tx: Tx, { state: { id, name, active, callsPerUser, ongoingCalls } }: Org): Promise<void> {
    await tx.query('update org set name = $2, active = $3, calls_per_user = $4, ongoing_calls = $5 where id = $1', [id, name, active, callsPerUser, ongoingCalls]);
  }

  private async one(tx: ReadTx, orgId: string, locking: '' | 'for update'): Promise<Org> {
    const [row] = isUuid(orgId) ? await tx.query<OrgRow>(`select ${columns} from org where id = $1 ${locking}`, [orgId]) : [];
    if (!row) throw orgNotFound();
    return new Org(row);
  }
}
