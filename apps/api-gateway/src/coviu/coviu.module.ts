import { Module } from '@nestjs/common';
import { AccessTokenStrategy, ProofPlace } from '@parley/jwt';
import { GatewayProofPlace } from '../access/proof-place.js';
import { OpaqueTokensModule } from '../opaque-tokens/opaque-tokens.module.js';
import { OrgGuard } from './access/bearer.guard.js';
import { EntryGuard } from './access/entry.guard.js';
import { AdmissionsController } from './admissions/admissions.controller.js';
import { AliasesController } from './aliases/aliases.controller.js';
import { BansController } from './bans/bans.controller.js';
import { CallsController } from './calls/calls.controller.js';
import { LinkRevocationsController } from './link-revocations/link-revocations.controller.js';
import { LinksController } from './links/links.controller.js';
import { OrgsController } from './orgs/orgs.controller.js';
import { RefusalsController } from './refusals/refusals.controller.js';
import { EntriesController } from './sessions/entries.controller.js';
import { PlacedCallResources } from './placed-calls/placed-call-resources.js';
import { PlacedCallsController } from './placed-calls/placed-calls.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SettingsController } from './settings/settings.controller.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';
import { UsageController } from './usage/usage.controller.js';

/** The Coviu dialect: `docs/api/coviu.md`. */
@Module({
  controllers: [AdmissionsController, AliasesController, RefusalsController, BansController, LinkRevocationsController, OrgsController, SubscriptionsController, SessionsController, EntriesController, SettingsController, LinksController, CallsController, PlacedCallsController, UsageController],
  imports: [OpaqueTokensModule],
  providers: [AccessTokenStrategy, { provide: ProofPlace, useClass: GatewayProofPlace }, OrgGuard, EntryGuard, PlacedCallResources],
})
export class CoviuModule {}
