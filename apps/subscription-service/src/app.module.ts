import { type DynamicModule, Module } from '@nestjs/common';
import { EventBusModule } from '@parley/event-bus';
import { DatabaseModule } from '@parley/persistence';
import { RpcModule } from '@parley/rpc';
import type { Config } from './config.js';
import { migrations, schema } from './migrations/migrations.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';

/** Who may host sessions: the service that owns subscriptions. */
@Module({})
export class AppModule {
  static forRoot({ DATABASE_URL, EVENT_RETENTION, NATS_URL }: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: DATABASE_URL, schema, entities: [], migrations }),
        RpcModule.forRoot({ service: 'subscription', natsUrl: NATS_URL }),
        EventBusModule.forRoot({ owner: 'subscription', natsUrl: NATS_URL, consumes: [], retentionDays: EVENT_RETENTION }),
        SubscriptionsModule,
      ],
    };
  }
}
