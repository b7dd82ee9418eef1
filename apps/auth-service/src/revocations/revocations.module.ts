import { Module } from '@nestjs/common';
import { ArtifactsRepository } from '../oauth-storage/artifacts.repository.js';
import { RevocationsController } from './revocations.controller.js';
import { RevocationsRepository } from './revocations.repository.js';
import { RevocationsService } from './revocations.service.js';

/** What was taken back, and who is told of it. */
@Module({
  controllers: [RevocationsController],
  providers: [RevocationsService, RevocationsRepository, ArtifactsRepository],
  exports: [RevocationsService, RevocationsRepository, ArtifactsRepository],
})
export class RevocationsModule {}
