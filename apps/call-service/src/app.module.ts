import { type DynamicModule, Module } from '@nestjs/common';
import { EventBusModule } from '@parley/event-bus';
import { DatabaseModule } from '@parley/persistence';
import { RpcModule } from '@parley/rpc';
import type { Config } from './config.js';
import { migrations, schema } from './migrations/migrations.js';
import { RecordsModule } from './records/records.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { UsageModule } from './usage/usage.module.js';

/** What happened in sessions, for those who ask later: the service that owns call records. */
@Module({})
export class AppModule {
  static forRoot({ DATABASE_URL, EVENT_RETENTION, NATS_URL }: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: DATABASE_URL, schema, entities: [], migrations }),
        RpcModule.forRoot({ service: 'call', natsUrl: NATS_URL }),
        EventBusModule.forRoot({ owner: 'call', natsUrl: NATS_URL, consumes: ['session', 'subscription'], retentionDays: EVENT_RETENTION }),
        RecordsModule,
        SubscriptionsModule,
        UsageModule,
      ],
    };
  }
}
