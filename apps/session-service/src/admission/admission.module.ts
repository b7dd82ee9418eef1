import { Module } from '@nestjs/common';
import { GrantsModule } from '../grants/grants.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { SessionQueue } from '../sessions/session-queue.js';
import { DoorsModule } from '../subscriptions/doors.module.js';
import { AdmissionRepository } from './admission.repository.js';
import { AdmissionService } from './admission.service.js';
import { FactFinder } from './fact-finder.js';

@Module({
  imports: [LeasesModule, DoorsModule, GrantsModule],
  providers: [AdmissionService, AdmissionRepository, FactFinder, SessionQueue],
  exports: [AdmissionService],
})
export class AdmissionModule {}
