import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { createSubscription, getSubscription, listEntries, listSubscriptions, removeSubscription, type RequestOf } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { InShape } from '../../http/in-shape.pipe.js';
import { JsonBody } from '../../http/json-body.js';
import { ForOrg } from '../access/bearer.guard.js';
import { type Collection, collection } from '../collection.js';
import { pathOf, type Resource } from '../hal.js';
import { Page, type PageQuery } from '../page-query.js';
import { PathId } from '../path-id.pipe.js';
import { entryResource } from '../sessions/entry.presenter.js';
import { subscriptionResource } from './subscription.presenter.js';

const RemoveQuery = z.object({ end_sessions: z.enum(['true', 'false']).default('false') });
type RemoveQuery = z.output<typeof RemoveQuery>;

/** The right of a user to host sessions (C3 to C6, C8). */
@Controller('v1/orgs/:org/subscriptions')
@ForOrg()
export class SubscriptionsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @HttpCode(200)
  create(@JsonBody(createSubscription.request) subscription: RequestOf<typeof createSubscription>): Promise<Resource> {
    return this.rpc.call(createSubscription, subscription).then(subscriptionResource);
  }

  @Get()
  list(@Param('org') org: string, @Page() page: PageQuery): Promise<Collection> {
    return this.rpc
      .call(listSubscriptions, page)
      .then((reply) => collection(reply, { path: pathOf.subscriptions(org), cursor: page.cursor, item: subscriptionResource }));
  }

  @Get(':id')
  get(@Param('id', new PathId('subscription')) subscriptionId: string): Promise<Resource> {
    return this.rpc.call(getSubscription, { subscriptionId }).then(subscriptionResource);
  }

  @Delete(':id')
  remove(@Param('id', new PathId('subscription')) subscriptionId: string, @Query(new InShape(RemoveQuery)) query: RemoveQuery): Promise<Resource> {
    return this.rpc.call(removeSubscription, { subscriptionId, endSessions: query.end_sessions === 'true' }).then(subscriptionResource);
  }

  /** Asks first whether there is such a subscription: a foreign one must not look like one without entries. */
  @Get(':id/sessions')
  entries(@Param('org') org: string, @Param('id', new PathId('subscription')) subscriptionId: string, @Page() page: PageQuery): Promise<Collection> {
    return this.rpc
      .call(getSubscription, { subscriptionId })
      .then(() => this.rpc.call(listEntries, { ...page, subscriptionId }))
      .then((reply) => collection(reply, { path: pathOf.entriesOfSubscription(org, subscriptionId), cursor: page.cursor, item: entryResource }));
  }
}
