import { Injectable } from '@nestjs/common';
import type { DataOf, subscriptionCreated, subscriptionRemoved } from '@parley/dto';
import { prepared, type Tx } from '@parley/persistence';
import { subscriptionNotKnownYet } from './subscriptions.errors.js';

const insertSql = prepared('begin-subscription', 'insert into subscription (id, org_id, ref, name, started, version) values ($1, $2, $3, $4, $5, $6)');
const endSql = prepared('end-subscription', 'update subscription set ended = $3, version = $4 where org_id = $1 and id = $2 returning id');

@Injectable()
export class SubscriptionsRepository {
  insert(tx: Tx, orgId: string, { subscriptionId, ref, name, startedAt, version }: DataOf<typeof subscriptionCreated>): void {
    tx.send(insertSql, [subscriptionId, orgId, ref, name, startedAt, version]);
  }

  async end(tx: Tx, orgId: string, { subscriptionId, endedAt, version }: DataOf<typeof subscriptionRemoved>): Promise<void> {
    const ended = await tx.query(endSql, [orgId, subscriptionId, endedAt, version]);
    if (ended.length === 0) throw subscriptionNotKnownYet(subscriptionId);
  }
}
