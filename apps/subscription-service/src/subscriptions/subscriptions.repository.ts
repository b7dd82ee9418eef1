import { Injectable } from '@nestjs/common';
import type { RequestOf, createSubscription } from '@parley/dto';
import { listPage, type PageOf, type PageRequest, type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { Subscription, type SubscriptionRow } from './subscription.entity.js';
import { subscriptionNotFound } from './subscriptions.errors.js';

const columns = 'id, org_id as "orgId", ref, name, email, started, ended, version';

@Injectable()
export class SubscriptionsRepository {
  /** Undefined: the ref has an active subscription. A unique violation would abort the transaction, so it is never raised. */
  async insert(tx: Tx, orgId: string, { ref, name, email }: RequestOf<typeof createSubscription>): Promise<Subscription | undefined> {
    return one(
      await tx.query(
        `insert into subscription (id, org_id, ref, name, email, started) values ($1, $2, $3, $4, $5, parley_now())
         on conflict (org_id, ref) where ended is null do nothing
         returning ${columns}`,
        [uuidv7(), orgId, ref, name, email],
      ),
    );
  }

  async get(tx: ReadTx, orgId: string, id: string): Promise<Subscription> {
    return found(await this.byId(tx, orgId, id, ''));
  }

  async lock(tx: Tx, orgId: string, id: string): Promise<Subscription> {
    return found(await this.byId(tx, orgId, id, 'for update'));
  }

  async findActive(tx: ReadTx, orgId: string, ref: string): Promise<Subscription | undefined> {
    return one(await tx.query(`select ${columns} from subscription where org_id = $1 and ref = $2 and ended is null`, [orgId, ref]));
  }

  /** Ends an active subscription now. */
  async end(tx: Tx, orgId: string, id: string): Promise<Subscription> {
    return found(
      one(
        await tx.query(
          `update subscription set ended = parley_now(), version = version + 1
           where org_id = $1 and id = $2 and ended is null returning ${columns}`,
          [orgId, id],
        ),
      ),
    );
  }

  list(tx: ReadTx, orgId: string, page: PageRequest): Promise<PageOf<Subscription>> {
    const spec = { select: columns, from: 'subscription', where: 'org_id = $1', params: [orgId], key: 'position' };
    return listPage(tx, spec, page, (row: SubscriptionRow) => new Subscription(row));
  }

  private async byId(tx: ReadTx, orgId: string, id: string, lock: '' | 'for update'): Promise<Subscription | undefined> {
    if (!isUuid(id)) return undefined;
    return one(await tx.query(`select ${columns} from subscription where org_id = $1 and id = $2 ${lock}`, [orgId, id]));
  }
}

const one = ([row]: SubscriptionRow[]): Subscription | undefined => row && new Subscription(row);

function found(subscription: Subscription | undefined): Subscription {
  if (!subscription) throw subscriptionNotFound();
  return subscription;
}
