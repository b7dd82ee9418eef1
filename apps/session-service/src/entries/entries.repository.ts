import { Injectable } from '@nestjs/common';
import type { listEntries, RequestOf } from '@parley/dto';
import { listPage, type PageOf, type ReadTx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { entryColumns, type EntryRow, entryTables } from './entry.entity.js';
import { entryNotFound } from './entries.errors.js';

/** Which entry of which org and session name. */
export interface EntryPlace {
  orgId: string;
  sid: string;
  entryId: string;
}

@Injectable()
export class EntriesRepository {
  async get(tx: ReadTx, { orgId, sid, entryId }: EntryPlace): Promise<EntryRow> {
    if (!isUuid(entryId)) throw entryNotFound();
    const sql = `select ${entryColumns} from ${entryTables} where e.id = $1 and e.org_id = $2 and e.sid = $3`;
    const [row] = await tx.query<EntryRow>(sql, [entryId, orgId, sid]);
    if (!row) throw entryNotFound();
    return row;
  }

  list(tx: ReadTx, orgId: string, { subscriptionId, sid, ...page }: RequestOf<typeof listEntries>): Promise<PageOf<EntryRow>> {
    const filters = [
      { sql: 'e.org_id = ', value: orgId },
      ...(sid === undefined ? [] : [{ sql: 'e.sid = ', value: sid }]),
      ...(subscriptionId === undefined ? [] : [{ sql: 'e.subscription_id = ', value: isUuid(subscriptionId) ? subscriptionId : null }]),
    ];
    const where = filters.map((filter, index) => `${filter.sql}$${index + 1}`).join(' and ');
    const params = filters.map(({ value }) => value);
    return listPage(tx, { select: entryColumns, from: entryTables, where, params, key: 'e.position' }, page, (row: EntryRow) => row);
  }
}
