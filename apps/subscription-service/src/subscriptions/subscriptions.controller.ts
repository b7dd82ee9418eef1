import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  createSubscription,
  findActiveSubscription,
  getSubscription,
  listSubscriptions,
  removeSubscription,
  type ReplyOf,
  type RequestOf,
  type SubscriptionDto,
} from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { SubscriptionsService } from './subscriptions.service.js';

@Controller()
export class SubscriptionsController {
  constructor(private readonly subscriptions: SubscriptionsService) {}

  @Rpc(createSubscription)
  create(@Payload() request: RequestOf<typeof createSubscription>, @Caller() actor: Actor): Promise<SubscriptionDto> {
    return this.subscriptions.create(actor, request);
  }

  @Rpc(listSubscriptions)
  list(@Payload() page: RequestOf<typeof listSubscriptions>, @Caller() actor: Actor): Promise<ReplyOf<typeof listSubscriptions>> {
    return this.subscriptions.list(actor, page);
  }

  @Rpc(getSubscription)
  get(@Payload() { subscriptionId }: RequestOf<typeof getSubscription>, @Caller() actor: Actor): Promise<SubscriptionDto> {
    return this.subscriptions.get(actor, subscriptionId);
  }

  @Rpc(removeSubscription)
  remove(@Payload() request: RequestOf<typeof removeSubscription>, @Caller() actor: Actor): Promise<SubscriptionDto> {
    return this.subscriptions.remove(actor, request);
  }

  @Rpc(findActiveSubscription)
  async findActive(@Payload() { orgId, ref }: RequestOf<typeof findActiveSubscription>): Promise<ReplyOf<typeof findActiveSubscription>> {
    return { subscription: await this.subscriptions.findActive(orgId, ref) };
  }
}
