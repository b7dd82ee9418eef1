import { Injectable } from '@nestjs/common';
import { type CloudEvent, type DataOf, subscriptionCreated, subscriptionRemoved } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { SubscriptionsRepository } from './subscriptions.repository.js';

/** Keeps what usage per subscription is told by: whose a subscription was, and from when to when. Its owner is another service. */
@Injectable()
export class SubscriptionsConsumer {
  constructor(private readonly subscriptions: SubscriptionsRepository) {}

  @OnEvent(subscriptionCreated)
  begin(data: DataOf<typeof subscriptionCreated>, tx: Tx, { orgid }: CloudEvent): void {
    this.subscriptions.insert(tx, orgid, data);
  }

  @OnEvent(subscriptionRemoved)
  end(data: DataOf<typeof subscriptionRemoved>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.subscriptions.end(tx, orgid, data);
  }
}
