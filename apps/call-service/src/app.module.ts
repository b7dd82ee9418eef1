import { type DynamicModule, Module } from '@nestjs/common';
import { EventBusModule } from '@parley/event-bus';
import { DatabaseModule } from '@parley/persistence';
import { RpcModule } from '@parley/rpc';
import { CallsModule } from './calls/calls.module.js';
import type { Config } from './config.js';
import { ReaperModule } from './expiry/reaper.module.js';
import { HistoryModule } from './history/history.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { migrations, schema } from './migrations/migrations.js';
import { PlacingModule } from './placing/placing.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { RecordsModule } from './records/records.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { UsageModule } from './usage/usage.module.js';

/** Calls that applications place for users, and what happened in sessions, for those who ask later. */
@Module({})
export class AppModule {
  static forRoot({ DATABASE_URL, EVENT_RETENTION, NATS_URL, CALL_MAX_DURATION }: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: DATABASE_URL, schema, entities: [], migrations }),
        RpcModule.forRoot({ service: 'call', natsUrl: NATS_URL }),
        EventBusModule.forRoot({ owner: 'call', natsUrl: NATS_URL, consumes: ['auth', 'session', 'subscription'], retentionDays: EVENT_RETENTION }),
        RecordsModule,
        SubscriptionsModule,
        UsageModule,
        ...[LimitsModule, CallsModule, PlacingModule.forRoot(CALL_MAX_DURATION), PresenceModule, HistoryModule, ReaperModule],
      ],
    };
  }
}
