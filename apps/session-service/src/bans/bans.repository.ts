import { Injectable } from '@nestjs/common';
import type { listBans, RequestOf } from '@parley/dto';
import { listPage, type PageOf, type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import type { BanRow, NewBan } from './ban.entity.js';
import { banNotFound, entryNotFound } from './bans.errors.js';

const columns = `id, org_id as "orgId", person, people, sid, until, reason, created, lifted, sequence, lifted is null and (until is null or until > parley_now()) as active`;

/** Who somebody is, as their entry tells. */
export interface Somebody {
  sid: string;
  person: string;
  people: string[];
}

@Injectable()
export class BansRepository {
  /** The one ban of this person at this place; its terms, if it is there already. */
  async save(tx: Tx, { orgId, person, people, sid, until, reason }: NewBan): Promise<BanRow> {
    const [row] = await tx.query<BanRow>(
      `insert into ban as b (id, org_id, person, people, sid, until, reason, created, sequence) values ($1, $2, $3, $4, $5, $6, $7, parley_now(), 1)
       on conflict (org_id, person, sid) where lifted is null
       do update set people = excluded.people, until = excluded.until, reason = excluded.reason, sequence = b.sequence + 1
       returning ${columns}`,
      [uuidv7(), orgId, person, people, sid, until, reason],
    );
    if (!row) throw banNotFound();
    return row;
  }

  /** Locked until the end of the transaction. */
  async lock(tx: Tx, orgId: string, id: string): Promise<BanRow> {
    const [row] = isUuid(id) ? await tx.query<BanRow>(`select ${columns} from ban where org_id = $1 and id = $2 for update`, [orgId, id]) : [];
    if (!row) throw banNotFound();
    return row;
  }

  async lift(tx: Tx, id: string): Promise<BanRow> {
    const [row] = await tx.query<BanRow>(`update ban set lifted = parley_now(), sequence = sequence + 1 where id = $1 returning ${columns}`, [id]);
    if (!row) throw banNotFound();
    return row;
  }

  async get(tx: ReadTx, orgId: string, id: string): Promise<BanRow> {
    const [row] = isUuid(id) ? await tx.query<BanRow>(`select ${columns} from ban where org_id = $1 and id = $2`, [orgId, id]) : [];
    if (!row) throw banNotFound();
    return row;
  }

  list(tx: ReadTx, orgId: string, page: RequestOf<typeof listBans>): Promise<PageOf<BanRow>> {
    return listPage(tx, { select: columns, from: 'ban', where: 'org_id = $1', params: [orgId], key: 'position' }, page, (row: BanRow) => row);
  }

  /** Whose entry it is. */
  async whose(tx: ReadTx, orgId: string, entryId: string): Promise<Somebody> {
    const sql = `select sid, person, case identities when '{}' then array[person] else identities end as people from entry where org_id = $1 and id = $2`;
    const [row] = isUuid(entryId) ? await tx.query<Somebody>(sql, [orgId, entryId]) : [];
    if (!row) throw entryNotFound();
    return row;
  }
}
