import { Module } from '@nestjs/common';
import { ScheduleModule } from '../schedule/schedule.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { CallSessionsConsumer } from './call-sessions.consumer.js';
import { CallSessionsController } from './call-sessions.controller.js';
import { CallSessions } from './call-sessions.js';
import { CallSessionsService } from './call-sessions.service.js';

/** Calls that call-service has placed, as sessions that are entered here. */
@Module({ imports: [ScheduleModule, SettingsModule], controllers: [CallSessionsController], providers: [CallSessions, CallSessionsService, CallSessionsConsumer] })
export class CallSessionsModule {}
