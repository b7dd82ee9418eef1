import { Injectable } from '@nestjs/common';
import type { DataOf, subscriptionCreated, subscriptionRemoved } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import { subscriptionNotKnownYet } from './subscriptions.errors.js';

@Injectable()
export class SubscriptionsRepository {
  async insert(tx: Tx, orgId: string, { subscriptionId, ref, name, startedAt, version }: DataOf<typeof subscriptionCreated>): Promise<void> {
    await tx.query('insert into subscription (id, org_id, ref, name, started, version) values ($1, $2, $3, $4, $5, $6)', [
      subscriptionId,
      orgId,
      ref,
      name,
      startedAt,
      version,
    ]);
  }

  async end(tx: Tx, orgId: string, { subscriptionId, endedAt, version }: DataOf<typeof subscriptionRemoved>): Promise<void> {
    const sql = 'update subscription set ended = $3, version = $4 where org_id = $1 and id = $2 returning id';
    const ended = await tx.query(sql, [orgId, subscriptionId, endedAt, version]);
    if (ended.length === 0) throw subscriptionNotKnownYet(subscriptionId);
  }
}
