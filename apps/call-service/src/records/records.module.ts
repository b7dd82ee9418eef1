import { Module } from '@nestjs/common';
import { UsageModule } from '../usage/usage.module.js';
import { RecordsConsumer } from './records.consumer.js';
import { RecordsController } from './records.controller.js';
import { RecordsRepository } from './records.repository.js';
import { RecordsService } from './records.service.js';

@Module({ imports: [UsageModule], controllers: [RecordsController], providers: [RecordsConsumer, RecordsService, RecordsRepository] })
export class RecordsModule {}
