import { Injectable } from '@nestjs/common';
import type { PlacedCallFilter } from '@parley/dto';
import type { ReadTx } from '@parley/persistence';
import { callColumns, PlacedCall, type PlacedCallRow } from '../calls/placed-call.entity.js';
import { decodePlace, pageOfRows } from '../calls/placed-order.js';

interface Condition {
  sql: (param: string) => string;
  value: unknown;
}

const equals = (column: string) => (value: string): Condition => ({ sql: (param) => `c.${column} = ${param}`, value });
const OVER = '(c.ended is not null or c.expires <= parley_now())';

/** What each filter asks of a row. An ongoing call whose time is over is ended, whoever has noticed. */
const conditions: { readonly [Key in keyof Required<PlacedCallFilter>]: (value: NonNullable<PlacedCallFilter[Key]>) => Condition } = {
  orgId: equals('org_id'),
  username: (name) => equals('username')(name.normalize('NFC')),
  clientId: equals('client_id'),
  number: equals('number'),
  state: equals('state'),
  status: (status) => ({ sql: (param) => `(${OVER}) = ${param}`, value: status === 'ended' }),
  from: (at) => ({ sql: (param) => `c.placed >= ${param}`, value: at }),
  to: (at) => ({ sql: (param) => `c.placed < ${param}`, value: at }),
};

function conditionsOf(filter: PlacedCallFilter): Condition[] {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return given.map(([key, value]) => (conditions[key as keyof PlacedCallFilter] as (value: string) => Condition)(value));
}

@Injectable()
export class HistoryRepository {
  /** By key, in the order of placing: a page costs the same at any depth. @throws `page.after` */
  async list(tx: ReadTx, filter: PlacedCallFilter, { limit, after }: { limit: number; after?: string | undefined }): Promise<{ items: PlacedCall[]; next: string | null }> {
    const place = after === undefined ? undefined : decodePlace(after);
    const asked = conditionsOf(filter);
    const params = [...asked.map(({ value }) => value), ...(place ? [place.placed, place.id] : []), limit + 1];
    const where = asked.map(({ sql }, index) => sql(`$${index + 1}`));
    if (place) where.push(`(c.placed, c.id) > ($${asked.length + 1}, $${asked.length + 2})`);
    const sql = `select ${callColumns}, parley_now() as now from placed_call c ${where.length > 0 ? `where ${where.join(' and ')}` : ''} order by c.placed, c.id limit $${params.length}`;
    const { items, next } = pageOfRows(await tx.query<PlacedCallRow & { now: Date }>(sql, params), limit);
    return { items: items.map(({ now, ...row }) => new PlacedCall(row, now)), next };
  }

  async countOngoing(tx: ReadTx, orgId: string, userId: string): Promise<number> {
    const sql = 'select count(*) as calls from call_slot where org_id = $1 and user_id = $2 and until > parley_now()';
    const [row] = await tx.query<{ calls: number }>(sql, [orgId, userId]);
    return row?.calls ?? 0;
  }
}
