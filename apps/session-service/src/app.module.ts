import { type DynamicModule, Module } from '@nestjs/common';
import { EventBusModule } from '@parley/event-bus';
import { DatabaseModule, Sealer } from '@parley/persistence';
import { RpcModule } from '@parley/rpc';
import { AliasDoorsModule } from './alias-doors/alias-doors.module.js';
import { AliasExpiryModule } from './alias-expiry/alias-expiry.module.js';
import { AliasesModule } from './aliases/aliases.module.js';
import { BansModule } from './bans/bans.module.js';
import type { Config } from './config.js';
import { EntriesModule } from './entries/entries.module.js';
import { InspectionsModule } from './inspections/inspections.module.js';
import { ReaperModule } from './leases/reaper.module.js';
import { AdmissionLimits } from './limits/admission-limits.js';
import { LimitsModule } from './limits/limits.module.js';
import { LinksModule } from './links/links.module.js';
import { migrations, schema } from './migrations/migrations.js';
import { OpentokDoorsModule } from './opentok-doors/opentok-doors.module.js';
import { OpentokModule } from './opentok/opentok.module.js';
import { CallSessionsModule } from './placed-calls/call-sessions.module.js';
import { RefusalPurgeModule } from './refusals/refusal-purge.module.js';
import { RevocationsModule } from './revocations/revocations.module.js';
import { ScheduleModule } from './schedule/schedule.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { DoorsModule } from './subscriptions/doors.module.js';
import { TokensModule } from './tokens/tokens.module.js';

/** Who may enter, who is in and for how long: the service that owns sessions and their entries. */
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    const { DATABASE_URL, NATS_URL } = config;
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: DATABASE_URL, schema, entities: [], migrations, sealer: Sealer.fromFile(config.PARLEY_KEK_FILE) }),
        RpcModule.forRoot({ service: 'session', natsUrl: NATS_URL }),
        EventBusModule.forRoot({ owner: 'session', natsUrl: NATS_URL, consumes: ['subscription', 'call'], retentionDays: config.EVENT_RETENTION }),
        TokensModule.forRoot({ issuer: config.PARLEY_PUBLIC_URL, keyFile: config.PARLEY_KEK_FILE, rotationDays: config.ENTRY_KEY_ROTATION_DAYS }),
        LimitsModule.of(new AdmissionLimits(config.SESSION_LINK_MAX_AGE, config.ENTRY_LEASE_MAX, config.REFUSAL_RETENTION, config.LIVE_MAX_WATCHERS)),
        LinksModule,
        InspectionsModule,
        BansModule,
        RevocationsModule,
        RefusalPurgeModule,
        ScheduleModule,
        CallSessionsModule,
        AliasesModule,
        AliasDoorsModule,
        AliasExpiryModule,
        OpentokModule.of({ publicOrgId: config.OPENTOK_PUBLIC_ORG_ID, tokenFormat: config.OPENTOK_TOKEN_FORMAT }),
        OpentokDoorsModule,
        SessionsModule,
        EntriesModule,
        DoorsModule,
        ReaperModule,
      ],
    };
  }
}
