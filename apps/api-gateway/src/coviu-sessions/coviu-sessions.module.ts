import { Module } from '@nestjs/common';
import { OrgGuard } from '../coviu/access/bearer.guard.js';
import { ScheduledParticipantsController } from './participants.controller.js';
import { ScheduledSessionsController } from './sessions.controller.js';
import { TeamController } from './team.controller.js';

/** The later Coviu sessions API, which the vendor's published SDKs speak: `docs/api/coviu-sessions.md`. */
@Module({ controllers: [ScheduledSessionsController, ScheduledParticipantsController, TeamController], providers: [OrgGuard] })
export class CoviuSessionsModule {}
