import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type ReplyOf, type RequestOf, useProof } from '@parley/dto';
import { Database } from '@parley/persistence';
import { Rpc } from '@parley/rpc';
import { ArtifactsRepository } from '../oauth-storage/artifacts.repository.js';

/** Proofs are shown to any gateway; here it is known which have been. */
@Controller()
export class ProofsController {
  constructor(
    private readonly db: Database,
    private readonly artifacts: ArtifactsRepository,
  ) {}

  @Rpc(useProof)
  async use(@Payload() { id, seconds }: RequestOf<typeof useProof>): Promise<ReplyOf<typeof useProof>> {
    return { first: await this.artifacts.isFirst(this.db, { model: 'ReplayDetection', id }, seconds) };
  }
}
