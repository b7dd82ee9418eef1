import { Injectable } from '@nestjs/common';
import type { listRefusals, RequestOf } from '@parley/dto';
import { listPage, type PageOf, prepared, type Query, type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import type { Refusal, RefusalRow } from './refusal.entity.js';
import { refusalNotFound } from './refusals.errors.js';

/** Times of links are epoch seconds, as their issuers wrote them. */
const insertSql = prepared(
  'refusals',
  `insert into refusal (id, at, org_id, code, rule, detail, "limit", current, retry_at, sid, ref, person, name, role, client_id, link_hash, issued_at, not_before, expires_at, request_id)
   select id, coalesce(at, parley_now()), "orgId", code, rule, detail, "limit", current, "retryAt", sid, ref, person, name, role, "clientId", "linkId",
     to_timestamp("issuedAt"), to_timestamp("notBefore"), to_timestamp("expiresAt"), "requestId"
   from json_to_recordset($1::json) as r(id uuid, at timestamptz, "orgId" text, code text, rule text, detail text, "limit" int, current int, "retryAt" timestamptz,
     sid text, ref text, person text, name text, role text, "clientId" text, "linkId" text, "issuedAt" float8, "notBefore" float8, "expiresAt" float8, "requestId" text)`,
);

const columns = `id, at, org_id as "orgId", code, rule, detail, "limit", current, retry_at as "retryAt", sid, ref, person, name, role, client_id as "clientId",
  link_hash as "linkId", issued_at as "issuedAt", not_before as "notBefore", expires_at as "expiresAt", request_id as "requestId"`;

/** What must be true of a row, by the parameter that holds the value; the org is $1. */
interface Condition {
  sql: (param: string) => string;
  value: unknown;
}

const named = ['sid', 'ref', 'person', 'code'] as const;
type Filter = Omit<RequestOf<typeof listRefusals>, 'page' | 'count' | 'cursor'>;

/** Found by the hash that the index of the column holds. */
const equals = (column: string, value: string): Condition => ({
  sql: (param) => `hashtextextended(org_id || ' ' || ${column}, 0) = hashtextextended($1 || ' ' || ${param}::text, 0) and ${column} = ${param}`,
  value,
});

/** A refusal is written within this time of the facts that it was judged by; a request has far less. */
const WRITTEN_WITHIN = `interval '1 min'`;

/** Between which positions all refusals of a time lie: so a page of them is read in its order like any other. */
const boundsSql = `
  select coalesce((select position from refusal where at < $1::timestamptz - ${WRITTEN_WITHIN} order by at desc limit 1), 0) as after,
    coalesce((select position from refusal where at >= $2::timestamptz + ${WRITTEN_WITHIN} order by at limit 1), ${Number.MAX_SAFE_INTEGER}) as before`;

@Injectable()
export class RefusalsRepository {
  insert(tx: Tx, refusals: readonly Refusal[]): void {
    tx.send(insertSql, [JSON.stringify(refusals.map((refusal) => ({ ...refusal, id: uuidv7() })))]);
  }

  async list(tx: ReadTx, orgId: string, { page, count, cursor, ...filter }: RequestOf<typeof listRefusals>): Promise<PageOf<RefusalRow>> {
    const conditions = [...named.flatMap((column) => (filter[column] === undefined ? [] : [equals(column, filter[column])])), ...(await this.ofTime(tx, filter))];
    const where = ['org_id = $1', ...conditions.map(({ sql }, index) => sql(`$${index + 2}`))].join(' and ');
    const params = [orgId, ...conditions.map(({ value }) => value)];
    return listPage(tx, { select: columns, from: 'refusal', where, params, key: 'position' }, { page, count, cursor }, (row: RefusalRow) => row);
  }

  async get(tx: ReadTx, orgId: string, id: string): Promise<RefusalRow> {
    const [row] = isUuid(id) ? await tx.query<RefusalRow>(`select ${columns} from refusal where org_id = $1 and id = $2`, [orgId, id]) : [];
    if (!row) throw refusalNotFound();
    return row;
  }

  /** Deletes some that are older than so many days, the oldest first. @returns how many */
  async purge(tx: { query: Query }, { days, limit }: { days: number; limit: number }): Promise<number> {
    const rows = await tx.query(
      `delete from refusal where ctid in (select ctid from refusal where at < parley_now() - make_interval(days => $1) limit $2 for update skip locked) returning 1`,
      [days, limit],
    );
    return rows.length;
  }

  /** The exact moment is said so that it is looked at in rows that are read anyway, and no index over `at` is taken instead. */
  private async ofTime(tx: ReadTx, { from, to }: Filter): Promise<Condition[]> {
    if (from === undefined && to === undefined) return [];
    const [bounds] = await tx.query<{ after: number; before: number }>(boundsSql, [from ?? null, to ?? null]);
    return [
      { sql: (param) => `position > ${param}`, value: bounds?.after },
      { sql: (param) => `position < ${param}`, value: bounds?.before },
      ...(from === undefined ? [] : [{ sql: (param: string) => `at - ${param}::timestamptz >= interval '0'`, value: from }]),
      ...(to === undefined ? [] : [{ sql: (param: string) => `at - ${param}::timestamptz < interval '0'`, value: to }]),
    ];
  }
}
