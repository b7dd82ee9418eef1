import { Injectable } from '@nestjs/common';
import { type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { Org, type OrgRow } from './org.entity.js';
import { orgNotFound } from './orgs.errors.js';

const columns = 'id, name, active';

@Injectable()
export class OrgsRepository {
  async get(tx: ReadTx, orgId: string): Promise<Org> {
    const [row] = isUuid(orgId) ? await tx.query<OrgRow>(`select ${columns} from org where id = $1`, [orgId]) : [];
    if (!row) throw orgNotFound();
    return new Org(row);
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
}
