import { Module } from '@nestjs/common';
import { LeasesModule } from '../leases/leases.module.js';
import { ValidFromRepository } from '../revocations/valid-from.repository.js';
import { ScheduleRepository } from '../schedule/schedule.repository.js';
import { SessionFinder } from './session-finder.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({ imports: [LeasesModule], controllers: [SessionsController], providers: [SessionsService, ValidFromRepository, ScheduleRepository, SessionFinder] })
export class SessionsModule {}
