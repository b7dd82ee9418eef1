import { Module } from '@nestjs/common';
import { AccessTokenStrategy } from '@parley/jwt';
import { OrgGuard } from './access/bearer.guard.js';
import { EntryGuard } from './access/entry.guard.js';
import { CallsController } from './calls/calls.controller.js';
import { LinksController } from './links/links.controller.js';
import { OrgsController } from './orgs/orgs.controller.js';
import { EntriesController } from './sessions/entries.controller.js';
import { PlacedCallsController } from './placed-calls/placed-calls.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';

/** The Coviu dialect: `docs/api/coviu.md`. */
@Module({
  controllers: [OrgsController, SubscriptionsController, SessionsController, EntriesController, LinksController, CallsController, PlacedCallsController],
  providers: [AccessTokenStrategy, OrgGuard, EntryGuard],
})
export class CoviuModule {}
