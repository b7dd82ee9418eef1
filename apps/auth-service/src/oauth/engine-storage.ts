import { Injectable } from '@nestjs/common';
import type { Adapter } from 'oidc-provider';
import { RevocationsService } from '../revocations/revocations.service.js';
import { ArtifactAdapter } from './artifact-adapter.js';
import { ArtifactsRepository } from './artifacts.repository.js';
import { ClientAdapter } from './client-adapter.js';
import { currentExchange } from './exchange.js';

/** What the engine asks of the database, always in the transaction of the exchange at hand. */
@Injectable()
export class EngineStorage {
  constructor(
    private readonly artifacts: ArtifactsRepository,
    private readonly revocations: RevocationsService,
  ) {}

  readonly adapter = (model: string): Adapter => (model === 'Client' ? new ClientAdapter() : new ArtifactAdapter(model, this.artifacts, this.revocations));

  readonly issuedAt = (clientId: string, subject: string): Promise<number | undefined> => this.revocations.issuedAt(currentExchange(), { clientId, subject });
}
