import { Module } from '@nestjs/common';
import { LeasesModule } from '../leases/leases.module.js';
import { LinkKinds } from '../link-kinds/link-kinds.js';
import { LinkKindsModule } from '../link-kinds/link-kinds.module.js';
import { InvitationLinks } from '../participants/invitation-links.js';
import { InvitationsRepository } from '../participants/invitations.repository.js';
import { ParticipantsController } from '../participants/participants.controller.js';
import { ParticipantsService } from '../participants/participants.service.js';
import { SettingsModule } from '../settings/settings.module.js';
import { LINK_TYPE } from '../tokens/link-tokens.js';
import { PlannedSessions } from './planned-sessions.js';
import { ScheduleController } from './schedule.controller.js';
import { ScheduleRepository } from './schedule.repository.js';
import { ScheduleService } from './schedule.service.js';

/** The later Coviu sessions API: planned sessions and who is invited to them. */
@Module({
  imports: [LeasesModule, LinkKindsModule, SettingsModule],
  controllers: [ScheduleController, ParticipantsController],
  providers: [ScheduleService, ScheduleRepository, ParticipantsService, PlannedSessions, InvitationsRepository, InvitationLinks],
  exports: [ScheduleRepository, ScheduleService, ParticipantsService, InvitationsRepository, InvitationLinks],
})
export class ScheduleModule {
  constructor(kinds: LinkKinds, links: InvitationLinks) {
    kinds.use(LINK_TYPE, links);
  }
}
