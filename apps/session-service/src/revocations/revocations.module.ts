import { Module } from '@nestjs/common';
import { LeasesModule } from '../leases/leases.module.js';
import { LinkKindsModule } from '../link-kinds/link-kinds.module.js';
import { RevocationsController } from './revocations.controller.js';
import { RevocationsService } from './revocations.service.js';
import { ValidFromRepository } from './valid-from.repository.js';

@Module({
  imports: [LeasesModule, LinkKindsModule],
  controllers: [RevocationsController],
  providers: [RevocationsService, ValidFromRepository],
})
export class RevocationsModule {}
