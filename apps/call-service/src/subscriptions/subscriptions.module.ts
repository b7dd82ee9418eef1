import { Module } from '@nestjs/common';
import { SubscriptionsConsumer } from './subscriptions.consumer.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';

@Module({ providers: [SubscriptionsConsumer, SubscriptionsRepository] })
export class SubscriptionsModule {}
