import { Injectable } from '@nestjs/common';
import type { HowKnown, LeaveReason, listEntries, listPresences, RequestOf, Role } from '@parley/dto';
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

/** Somebody's stay, as a row in our names. A lease that has run out holds nobody in, whether or not it has been ended. */
export interface PresenceRow {
  entryId: string;
  orgId: string;
  sid: string;
  name: string;
  role: Role;
  enteredAt: Date;
  endedAt: Date | null;
  present: boolean;
  leaseUntil: Date;
  reason: LeaveReason | null;
  how: HowKnown | null;
}

const isPresent = 'coalesce(l.lease_until > parley_now(), false)';

const presenceColumns = `e.id as "entryId", e.org_id as "orgId", e.sid, e.name, e.role, e.entered_at as "enteredAt",
  case when ${isPresent} then null else coalesce(e.ended_at, l.last_beat, e.entered_at) end as "endedAt", ${isPresent} as present,
  coalesce(l.lease_until, e.lease_until) as "leaseUntil", case when ${isPresent} then null else coalesce(e.leave_reason, 'lapsed') end as reason,
  case when ${isPresent} then null else coalesce(e.how, 'inferred') end as how`;

/** Whoever is in holds a lease in what runs under the name: it is found by that, and who was in before is not looked at. */
const presentTables = 'session s join lease l on l.session_id = s.id join entry e on e.id = l.entry_id';

/** Of the session name $2 of the org $1; undefined: everybody's. */
const stays = (present: boolean | undefined): { from: string; where: string } => {
  if (present) return { from: presentTables, where: `s.org_id = $1 and s.sid = $2 and s.ended is null and ${isPresent}` };
  return { from: entryTables, where: `e.org_id = $1 and e.sid = $2${present === undefined ? '' : ` and not ${isPresent}`}` };
};

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

  /** Who is in a session (`present`), who is not any more, or both. */
  presences(tx: ReadTx, orgId: string, { sid, present, ...page }: RequestOf<typeof listPresences>): Promise<PageOf<PresenceRow>> {
    return listPage(tx, { select: presenceColumns, ...stays(present), params: [orgId, sid], key: 'e.position' }, page, (row: PresenceRow) => row);
  }
}
