import { Module } from '@nestjs/common';
import { GrantsModule } from '../grants/grants.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { RefusalsModule } from '../refusals/refusals.module.js';
import { DoorsModule } from '../subscriptions/doors.module.js';
import { AdmissionRepository } from './admission.repository.js';
import { AdmissionService } from './admission.service.js';
import { FactFinder } from './fact-finder.js';

@Module({
  imports: [LeasesModule, DoorsModule, GrantsModule, RefusalsModule],
  providers: [AdmissionService, AdmissionRepository, FactFinder],
  exports: [AdmissionService],
})
export class AdmissionModule {}
