import { Injectable } from '@nestjs/common';
import { insertOutbox, prepared, type ReadTx, type Tx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { callNotFound, callUnknown } from './calls.errors.js';
import { callColumns, PlacedCall, type PlacedCallRow } from './placed-call.entity.js';
import { decodePlace, pageOfRows } from './placed-order.js';

/** Whose calls. */
export interface UserOf {
  orgId: string;
  userId: string;
}

type DatedRow = PlacedCallRow & { now: Date };
type Locking = '' | 'for update';

const select = `select ${callColumns}, parley_now() as now from placed_call c`;
export const byTokenSql = prepared('call-by-token', `${select} where c.token = $1 and c.org_id = $2 and c.user_id = $3`);
export const lockTokenSql = prepared('lock-call-by-token', `${select} where c.token = $1 and c.org_id = $2 and c.user_id = $3 for update`);

/** The slot goes with the call's end, in the statement that tells it. */
export const saveSql = prepared(
  'save-call',
  `with told as (${insertOutbox('$7')}),
   freed as (delete from call_slot where call_id = $1::uuid and $4::timestamptz is not null)
   update placed_call set state = $2, answered = $3, ended = $4, end_reason = $5, sequence = $6 where id = $1::uuid`,
);

const ongoingSql = prepared(
  'ongoing-calls',
  `select ${callColumns}, parley_now() as now from call_slot s join placed_call c on c.id = s.call_id
   where s.org_id = $1 and s.user_id = $2 and s.until > parley_now() and (c.placed, c.id) > ($3, $4) order by c.placed, c.id limit $5`,
);

const first = { placed: new Date(0), id: '00000000-0000-0000-0000-000000000000' };

const toCall = ({ now, ...row }: DatedRow): PlacedCall => new PlacedCall(row, now);

@Injectable()
export class CallsRepository {
  /** @throws `call.unknown` */
  findByToken(tx: ReadTx, user: UserOf, token: string): Promise<PlacedCall> {
    return this.byToken(tx, { sql: byTokenSql, token, ...user });
  }

  /** @throws `call.unknown` */
  lockByToken(tx: Tx, user: UserOf, token: string): Promise<PlacedCall> {
    return this.byToken(tx, { sql: lockTokenSql, token, ...user });
  }

  /** Of an org, or of any. @throws `call.not_found` */
  get(tx: ReadTx, orgId: string | undefined, callId: string): Promise<PlacedCall> {
    return known(this.find(tx, orgId, callId));
  }

  /** @throws `call.not_found` */
  lock(tx: Tx, orgId: string | undefined, callId: string): Promise<PlacedCall> {
    return known(this.find(tx, orgId, callId, 'for update'));
  }

  /** Of an org, or of any. Undefined for what is no call there, whatever it looks like. */
  async find(tx: ReadTx, orgId: string | undefined, callId: string, locking: Locking = ''): Promise<PlacedCall | undefined> {
    const sql = `${select} where c.id = $1 and ($2::text is null or c.org_id = $2) ${locking}`;
    const [row] = isUuid(callId) ? await tx.query<DatedRow>(sql, [callId, orgId ?? null]) : [];
    return row && toCall(row);
  }

  findForUpdate(tx: Tx, orgId: string, callId: string): Promise<PlacedCall | undefined> {
    return this.find(tx, orgId, callId, 'for update');
  }

  /** Those of them that nobody has ended, locked in the order of their ids. */
  async lockOngoing(tx: Tx, ids: readonly string[]): Promise<PlacedCall[]> {
    return (await tx.query<DatedRow>(`${select} where c.id = any($1::uuid[]) and c.ended is null order by c.id for update`, [ids])).map(toCall);
  }

  /** Some whose time is over, as far as nobody else is at work on them. */
  async lockDue(tx: Tx, limit: number): Promise<PlacedCall[]> {
    const sql = `${select} where c.ended is null and c.expires <= parley_now() order by c.expires limit $1 for update skip locked`;
    return (await tx.query<DatedRow>(sql, [limit])).map(toCall);
  }

  async listOngoing(tx: ReadTx, { orgId, userId }: UserOf, { after, limit }: { after?: string | undefined; limit: number }): Promise<{ items: PlacedCall[]; next: string | null }> {
    const { placed, id } = after === undefined ? first : decodePlace(after);
    const { items, next } = pageOfRows(await tx.query<DatedRow>(ongoingSql, [orgId, userId, placed, id, limit + 1]), limit);
    return { items: items.map(toCall), next };
  }

  /** With what it has told in this transaction. */
  async save(tx: Tx, { state: { id, state, answered, ended, endReason, sequence } }: PlacedCall): Promise<void> {
    await tx.query(saveSql, [id, state, answered, ended, endReason, sequence, tx.takeEvents()]);
  }

  private async byToken(tx: ReadTx, { sql, token, orgId, userId }: UserOf & { sql: string; token: string }): Promise<PlacedCall> {
    const [row] = /^[\w-]+$/.test(token) ? await tx.query<DatedRow>(sql, [token, orgId, userId]) : [];
    if (!row) throw callUnknown();
    return toCall(row);
  }
}

async function known(found: Promise<PlacedCall | undefined>): Promise<PlacedCall> {
  const call = await found;
  if (!call) throw callNotFound();
  return call;
}
