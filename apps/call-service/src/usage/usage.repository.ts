import { Injectable } from '@nestjs/common';
import type { listUsage, reconcileUsage, ReplyOf, RequestOf } from '@parley/dto';
import { type PageOf, readPage, type Tx } from '@parley/persistence';
import { inOrderSql, usageSums, type UsageRow } from './usage-sums.js';
import { patienceSql, reconcileSql } from './usage.sql.js';

type Days = RequestOf<typeof reconcileUsage>;
type Reconciliation = ReplyOf<typeof reconcileUsage>;

/** Of the 2 s that a request has. */
const ANSWER_WITHIN_MS = 1_500;

/** 1970 to 9999, as far as days go. */
const FIRST_DAY = 0;
const DAY_AFTER_LAST = 253_402_300_800;

/** Each fails like any statement that takes too long, but while there is time to say so. */
@Injectable()
export class UsageRepository {
  async list(tx: Tx, orgId: string, { page, count, cursor, ...asked }: RequestOf<typeof listUsage>): Promise<PageOf<UsageRow>> {
    tx.send(patienceSql, [ANSWER_WITHIN_MS]);
    tx.send(inOrderSql, []);
    return readPage(usageSums(tx, orgId, asked), { page, count, cursor }, (row) => row);
  }

  async reconcile(tx: Tx, orgId: string, { from = FIRST_DAY, to = DAY_AFTER_LAST }: Days): Promise<Reconciliation> {
    tx.send(patienceSql, [ANSWER_WITHIN_MS]);
    const [row] = await tx.query<Reconciliation>(reconcileSql, [orgId, from, to]);
    return row ?? { recorded: 0, booked: 0, differences: [] };
  }
}
