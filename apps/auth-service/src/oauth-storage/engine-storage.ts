import { Injectable } from '@nestjs/common';
import { RevocationsService } from '../revocations/revocations.service.js';
import { ArtifactAdapter } from './artifact-adapter.js';
import { ArtifactsRepository } from './artifacts.repository.js';
import type { EngineParts } from '../engine/engine-config.js';
import { EngineDirectory } from './engine-directory.js';
import { ServerSecret } from './server-secret.js';
import { currentVisit } from '../engine/visit.js';

type Stored = Pick<EngineParts, 'adapter' | 'issuedAt' | 'isPerson' | 'remembered' | 'isFirstUse' | 'secrets'>;

/** What the engine asks of the database, always in the transaction of the visit at hand. */
@Injectable()
export class EngineStorage {
  constructor(
    private readonly artifacts: ArtifactsRepository,
    private readonly revocations: RevocationsService,
    private readonly directory: EngineDirectory,
    private readonly secret: ServerSecret,
  ) {}

  async parts(): Promise<Stored> {
    return {
      adapter: (model) => (model === 'Client' ? this.directory.clients() : new ArtifactAdapter(model, this.artifacts, this.revocations)),
      issuedAt: (clientId, subject) => this.revocations.issuedAt(currentVisit(), { clientId, subject }),
      isPerson: this.directory.isPerson,
      remembered: this.directory.remembered,
      isFirstUse: (id, seconds) => this.artifacts.isFirst(currentVisit(), { model: 'ReplayDetection', id }, seconds),
      secrets: await this.secret.derive('cookies', 'dpop-nonces'),
    };
  }
}
