import { Module } from '@nestjs/common';
import { AccessTokenStrategy, ProofPlace } from '@parley/jwt';
import { GatewayProofPlace } from '../access/proof-place.js';
import { OrgGuard } from './access/bearer.guard.js';
import { EntryGuard } from './access/entry.guard.js';
import { CallsController } from './calls/calls.controller.js';
import { LinksController } from './links/links.controller.js';
import { OrgsController } from './orgs/orgs.controller.js';
import { EntriesController } from './sessions/entries.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';

/** The Coviu dialect: `docs/api/coviu.md`. */
@Module({
  controllers: [OrgsController, SubscriptionsController, SessionsController, EntriesController, LinksController, CallsController],
  providers: [AccessTokenStrategy, { provide: ProofPlace, useClass: GatewayProofPlace }, OrgGuard, EntryGuard],
})
export class CoviuModule {}
