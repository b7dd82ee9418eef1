import { Module } from '@nestjs/common';
import { RecordsConsumer } from './records.consumer.js';
import { RecordsController } from './records.controller.js';
import { RecordsRepository } from './records.repository.js';
import { RecordsService } from './records.service.js';

@Module({ controllers: [RecordsController], providers: [RecordsConsumer, RecordsService, RecordsRepository] })
export class RecordsModule {}
