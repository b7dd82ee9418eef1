import { Injectable } from '@nestjs/common';
import type { listUsage, reconcileUsage, ReplyOf, RequestOf } from '@parley/dto';
import { listPage, type PageOf, type Tx } from '@parley/persistence';
import { boundsSql, groupedSql, patienceSql, reconcileSql } from './usage.sql.js';

type Days = RequestOf<typeof reconcileUsage>;
type Reconciliation = ReplyOf<typeof reconcileUsage>;

export interface UsageRow {
  subscription_id?: string | null;
  ref?: string | null;
  month?: string;
  day?: string;
  seconds: number;
}

/** Of the 2 s that a request has. */
const ANSWER_WITHIN_MS = 1_500;

/** 1970 to 9999, as far as days go. */
const FIRST_DAY = 0;
const DAY_AFTER_LAST = 253_402_300_800;

/** Each fails like any statement that takes too long, but while there is time to say so. */
@Injectable()
export class UsageRepository {
  async list(tx: Tx, orgId: string, { from, to, groupBy, ...page }: RequestOf<typeof listUsage>): Promise<PageOf<UsageRow>> {
    const bounds = [...(from === undefined ? [] : [{ operator: '>=' as const, day: from }]), ...(to === undefined ? [] : [{ operator: '<' as const, day: to }])];
    const spec = { ...groupedSql(boundsSql(bounds), groupBy), where: 'true', params: [orgId, ...bounds.map(({ day }) => day)], key: 'u.place' };
    tx.send(patienceSql, [ANSWER_WITHIN_MS]);
    return listPage(tx, spec, page, (row: UsageRow) => row);
  }

  async reconcile(tx: Tx, orgId: string, { from = FIRST_DAY, to = DAY_AFTER_LAST }: Days): Promise<Reconciliation> {
    tx.send(patienceSql, [ANSWER_WITHIN_MS]);
    const [row] = await tx.query<Reconciliation>(reconcileSql, [orgId, from, to]);
    return row ?? { recorded: 0, booked: 0, differences: [] };
  }
}
