import { Module } from '@nestjs/common';
import { LimitsConsumer } from './limits.consumer.js';
import { LimitsRepository } from './limits.repository.js';
import { LimitsService } from './limits.service.js';

@Module({ providers: [LimitsConsumer, LimitsRepository, LimitsService], exports: [LimitsService] })
export class LimitsModule {}
