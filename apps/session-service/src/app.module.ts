import { type DynamicModule, Module } from '@nestjs/common';
import { EventBusModule } from '@parley/event-bus';
import { DatabaseModule } from '@parley/persistence';
import { RpcModule } from '@parley/rpc';
import type { Config } from './config.js';
import { EntriesModule } from './entries/entries.module.js';
import { ReaperModule } from './leases/reaper.module.js';
import { AdmissionLimits } from './limits/admission-limits.js';
import { LimitsModule } from './limits/limits.module.js';
import { LinksModule } from './links/links.module.js';
import { migrations, schema } from './migrations/migrations.js';
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
        DatabaseModule.forRoot({ url: DATABASE_URL, schema, entities: [], migrations }),
        RpcModule.forRoot({ service: 'session', natsUrl: NATS_URL }),
        EventBusModule.forRoot({ owner: 'session', natsUrl: NATS_URL, consumes: ['subscription'], retentionDays: config.EVENT_RETENTION }),
        TokensModule.forRoot({ issuer: config.PARLEY_PUBLIC_URL, keyFile: config.PARLEY_KEK_FILE, rotationDays: config.ENTRY_KEY_ROTATION_DAYS }),
        LimitsModule.of(new AdmissionLimits(config.SESSION_LINK_MAX_AGE, config.ENTRY_LEASE_MAX)),
        LinksModule,
        SessionsModule,
        EntriesModule,
        DoorsModule,
        ReaperModule,
      ],
    };
  }
}
