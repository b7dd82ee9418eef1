import { Injectable } from '@nestjs/common';
import {
  closeSubscription,
  type createSubscription,
  type listSubscriptions,
  type ReplyOf,
  type RequestOf,
  type removeSubscription,
  subscriptionCreated,
  type SubscriptionDto,
  subscriptionRemoved,
} from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { RpcClient } from '@parley/rpc';
import type { Subscription } from './subscription.entity.js';
import { refTaken } from './subscriptions.errors.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';

/** Creations of one org commit in the order of their positions: who walks the list never misses one that comes late. */
const creationLock = (orgId: string): string => `subscription creation ${orgId}`;

@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly db: Database,
    private readonly subscriptions: SubscriptionsRepository,
    private readonly rpc: RpcClient,
  ) {}

  create({ orgId }: Actor, request: RequestOf<typeof createSubscription>): Promise<SubscriptionDto> {
    return this.db.write([creationLock(orgId)], async (tx) => {
      const subscription = await this.subscriptions.insert(tx, orgId, request);
      if (!subscription) throw refTaken(request.ref);
      tx.emit(subscriptionCreated, subscription.createdFact());
      return subscription.toDto();
    });
  }

  async list({ orgId }: Actor, page: RequestOf<typeof listSubscriptions>): Promise<ReplyOf<typeof listSubscriptions>> {
    const found = await this.db.read((tx) => this.subscriptions.list(tx, orgId, page));
    return { ...found, items: found.items.map((subscription) => subscription.toDto()) };
  }

  async get({ orgId }: Actor, id: string): Promise<SubscriptionDto> {
    const subscription = await this.db.read((tx) => this.subscriptions.get(tx, orgId, id));
    return subscription.toDto();
  }

  async findActive(orgId: string, ref: string): Promise<SubscriptionDto | null> {
    const subscription = await this.db.read((tx) => this.subscriptions.findActive(tx, orgId, ref));
    return subscription?.toDto() ?? null;
  }

  /**
   * Commits the end, then asks session-service to shut the door; answers when no admission can follow (coviu.md, C6). The door is
   * asked for every time: whoever got a 503 tries again, and that finishes what the first try began.
   */
  async remove({ orgId }: Actor, { subscriptionId, endSessions }: RequestOf<typeof removeSubscription>): Promise<SubscriptionDto> {
    const subscription = await this.end(orgId, subscriptionId, endSessions);
    await this.rpc.call(closeSubscription, { ...subscription.door(), endSessions });
    return subscription.toDto();
  }

  /** The row lock is enough here: nothing but the subscription itself is read. */
  private end(orgId: string, id: string, endSessions: boolean): Promise<Subscription> {
    return this.db.write([], async (tx) => {
      const subscription = await this.subscriptions.lock(tx, orgId, id);
      if (!subscription.active) return subscription;
      const ended = await this.subscriptions.end(tx, orgId, id);
      tx.emit(subscriptionRemoved, ended.removedFact(endSessions));
      return ended;
    });
  }
}
