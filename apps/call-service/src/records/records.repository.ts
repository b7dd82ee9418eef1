import { Injectable } from '@nestjs/common';
import type { DataOf, entryGranted, listCalls, participantLeft, RequestOf, roleChanged, sessionEnded } from '@parley/dto';
import { listPage, type ListSpec, type PageOf, prepared, type ReadTx, type Tx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { CallRecord, type CallRecordRow } from './call-record.entity.js';
import { callNotFound } from './records.errors.js';

/** What every event of a session says: which it is, and one moment at which it was going on. */
export interface Occurrence {
  orgId: string;
  sessionId: string;
  sid: string;
  at: string;
}

/** Of something that several events may tell: where this one stands among them. */
interface Told<Data> {
  data: Data;
  sequence: number;
}

/** What is told in one transaction, `more` besides the occurrence. */
const told = (more = ''): string => `
told as (select * from json_to_recordset($1::json) as t(session_id uuid, org_id text, sid text, at timestamptz${more}))`;

/** Whichever event comes first begins the record; it started when it is first known to have been going on. */
const record = `
record as (
  insert into call_record (id, org_id, sid, started)
  select session_id, org_id, sid, at from (select distinct on (session_id) * from told order by session_id, at) first order by at
  on conflict (id) do update set started = excluded.started where excluded.started < call_record.started
)`;

/** Of several that tell the same of one thing the last counts. */
const lastOf = (key: string): string => `(select distinct on (${key}) * from told order by ${key}, sequence desc) last order by at`;

const beginSql = prepared('begin records', `with ${told()}, ${record} select`);

const joinSql = prepared(
  'join records',
  `
with ${told(', entry_id uuid, client_id text, subscription_id uuid, name text, role text, sequence bigint')}, ${record}
insert into participation as p (entry_id, call_id, org_id, client_id, subscription_id, name, role, role_sequence, joined)
select entry_id, session_id, org_id, client_id, subscription_id, name, role, sequence, at from ${lastOf('entry_id')}
on conflict (entry_id) do update set client_id = excluded.client_id, subscription_id = excluded.subscription_id, name = excluded.name, joined = excluded.joined,
  role = case when p.role_sequence > excluded.role_sequence then p.role else excluded.role end,
  role_sequence = greatest(p.role_sequence, excluded.role_sequence)`,
);

const roleSql = prepared(
  'roles in records',
  `
with ${told(', entry_id uuid, role text, sequence bigint')}, ${record}
insert into participation as p (entry_id, call_id, org_id, role, role_sequence)
select entry_id, session_id, org_id, role, sequence from ${lastOf('entry_id')}
on conflict (entry_id) do update set role = excluded.role, role_sequence = excluded.role_sequence
where p.role_sequence is null or p.role_sequence < excluded.role_sequence`,
);

const leaveSql = prepared(
  'leave records',
  `
with ${told(', entry_id uuid, reason text, how text, sequence bigint')}, ${record}
insert into participation as p (entry_id, call_id, org_id, left_at, left_reason, how, left_sequence)
select entry_id, session_id, org_id, at, reason, how, sequence from ${lastOf('entry_id')}
on conflict (entry_id) do update set left_at = excluded.left_at, left_reason = excluded.left_reason, how = excluded.how, left_sequence = excluded.left_sequence
where p.left_sequence is null or p.left_sequence < excluded.left_sequence`,
);

const endSql = prepared(
  'end records',
  `
with ${told(', ended timestamptz, reason text, sequence bigint')}
insert into call_record as c (id, org_id, sid, started, ended, end_reason, ended_sequence)
select session_id, org_id, sid, at, ended, reason, sequence from ${lastOf('session_id')}
on conflict (id) do update set started = least(c.started, excluded.started), ended = excluded.ended, end_reason = excluded.end_reason, ended_sequence = excluded.ended_sequence
where c.ended_sequence is null or c.ended_sequence < excluded.ended_sequence`,
);

/** Of somebody of whom only the end is known nothing is shown yet. */
const participants = `
  (select coalesce(json_agg(json_build_object('entryId', p.entry_id, 'name', p.name, 'role', p.role, 'joined', p.joined, 'left', p.left_at, 'how', p.how)
                            order by p.joined, p.position), '[]')
   from participation p where p.call_id = c.id and p.joined is not null)`;

/** Never negative: the clocks of two services may differ by a little. */
const duration = 'greatest(0, floor(extract(epoch from coalesce(c.ended, parley_now()) - c.started)))::int';

const columns = `c.id, c.org_id as "orgId", c.sid, c.started, c.ended, c.end_reason as "endReason", ${duration} as "durationSeconds", ${participants} as participants`;

const rowOf = ({ sessionId, orgId, sid, at }: Occurrence): object => ({ session_id: sessionId, org_id: orgId, sid, at });

/** Each write is the same however often it is done, and whichever is done first; those of one transaction are done together. */
@Injectable()
export class RecordsRepository {
  begin(tx: Tx, occurrence: Occurrence): void {
    tx.gather(beginSql, rowOf(occurrence));
  }

  join(tx: Tx, occurrence: Occurrence, { data, sequence }: Told<DataOf<typeof entryGranted>>): void {
    const { entryId, clientId, subscriptionId, name, role } = data;
    tx.gather(joinSql, { ...rowOf(occurrence), entry_id: entryId, client_id: clientId, subscription_id: subscriptionId, name, role, sequence });
  }

  changeRole(tx: Tx, occurrence: Occurrence, { data, sequence }: Told<DataOf<typeof roleChanged>>): void {
    tx.gather(roleSql, { ...rowOf(occurrence), entry_id: data.entryId, role: data.role, sequence });
  }

  leave(tx: Tx, occurrence: Occurrence, { data, sequence }: Told<DataOf<typeof participantLeft>>): void {
    tx.gather(leaveSql, { ...rowOf(occurrence), entry_id: data.entryId, reason: data.reason, how: data.how, sequence });
  }

  end(tx: Tx, occurrence: Occurrence, { data, sequence }: Told<DataOf<typeof sessionEnded>>): void {
    tx.gather(endSql, { ...rowOf(occurrence), ended: data.endedAt, reason: data.reason, sequence });
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
