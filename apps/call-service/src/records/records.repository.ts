import { Injectable } from '@nestjs/common';
import type { DataOf, entryGranted, listCalls, participantLeft, RequestOf, sessionEnded, sessionStarted } from '@parley/dto';
import { listPage, type ListSpec, type PageOf, type ReadTx, type Tx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { CallRecord, type CallRecordRow } from './call-record.entity.js';
import { callNotFound, notKnownYet } from './records.errors.js';

const participants = `
  (select coalesce(json_agg(json_build_object('entryId', p.entry_id, 'name', p.name, 'role', p.role, 'joined', p.joined, 'left', p.left_at, 'how', p.how)
                            order by p.joined, p.position), '[]')
   from participation p where p.call_id = c.id)`;

/** Never negative: the clocks of two services may differ by a little. */
const duration = 'greatest(0, floor(extract(epoch from coalesce(c.ended, parley_now()) - c.started)))::int';

const columns = `c.id, c.org_id as "orgId", c.sid, c.started, c.ended, c.end_reason as "endReason", ${duration} as "durationSeconds", ${participants} as participants`;

@Injectable()
export class RecordsRepository {
  async insert(tx: Tx, orgId: string, { sessionId, sid, startedAt }: DataOf<typeof sessionStarted>): Promise<void> {
    await tx.query('insert into call_record (id, org_id, sid, started) values ($1, $2, $3, $4)', [sessionId, orgId, sid, startedAt]);
  }

  async join(tx: Tx, orgId: string, entry: DataOf<typeof entryGranted>): Promise<void> {
    const joined = await tx.query(
      `insert into participation (entry_id, call_id, client_id, subscription_id, name, role, joined)
       select $3, id, $4, $5, $6, $7, $8 from call_record where org_id = $1 and id = $2
       returning entry_id`,
      [orgId, entry.sessionId, entry.entryId, entry.clientId, entry.subscriptionId, entry.name, entry.role, entry.enteredAt],
    );
    if (joined.length === 0) throw notKnownYet(`session ${entry.sessionId}`);
  }

  async leave(tx: Tx, orgId: string, { sessionId, entryId, leftAt, reason, how }: DataOf<typeof participantLeft>): Promise<void> {
    const left = await tx.query(
      `update participation p set left_at = $4, left_reason = $5, how = $6
       from call_record c where c.org_id = $1 and c.id = $2 and p.call_id = c.id and p.entry_id = $3
       returning p.entry_id`,
      [orgId, sessionId, entryId, leftAt, reason, how],
    );
    if (left.length === 0) throw notKnownYet(`entry ${entryId}`);
  }

  async end(tx: Tx, orgId: string, { sessionId, endedAt, reason }: DataOf<typeof sessionEnded>): Promise<void> {
    const ended = await tx.query('update call_record set ended = $3, end_reason = $4 where org_id = $1 and id = $2 returning id', [orgId, sessionId, endedAt, reason]);
    if (ended.length === 0) throw notKnownYet(`session ${sessionId}`);
  }

  async get(tx: ReadTx, orgId: string, callId: string): Promise<CallRecord> {
    if (!isUuid(callId)) throw callNotFound();
    const [row] = await tx.query<CallRecordRow>(`select ${columns} from call_record c where c.org_id = $1 and c.id = $2`, [orgId, callId]);
    if (!row) throw callNotFound();
    return new CallRecord(row);
  }

  list(tx: ReadTx, orgId: string, { sid, ...page }: RequestOf<typeof listCalls>): Promise<PageOf<CallRecord>> {
    const owned = sid === undefined ? { where: 'c.org_id = $1', params: [orgId] } : { where: 'c.org_id = $1 and c.sid = $2', params: [orgId, sid] };
    const spec: ListSpec = { select: columns, from: 'call_record c', key: 'c.position', ...owned };
    return listPage(tx, spec, page, (row: CallRecordRow) => new CallRecord(row));
  }
}
