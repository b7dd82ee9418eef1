import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { AdminReach } from './admin-reach.js';
import { HistoryController } from './history.controller.js';
import { HistoryRepository } from './history.repository.js';
import { HistoryService } from './history.service.js';

@Module({ imports: [CallsModule, LimitsModule], controllers: [HistoryController], providers: [AdminReach, HistoryService, HistoryRepository] })
export class HistoryModule {}
