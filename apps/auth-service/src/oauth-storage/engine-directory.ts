import { Injectable } from '@nestjs/common';
import type { Adapter } from 'oidc-provider';
import { ClientsRepository } from '../clients/clients.repository.js';
import { ConsentsRepository } from '../consents/consents.repository.js';
import { UsersRepository } from '../users/users.repository.js';
import { ClientAdapter } from './client-adapter.js';
import type { EngineParts } from '../engine/engine-config.js';
import { currentVisit } from '../engine/visit.js';

/** Whom the engine knows: clients, people, and what these have allowed those. */
@Injectable()
export class EngineDirectory {
  constructor(
    private readonly clientRows: ClientsRepository,
    private readonly users: UsersRepository,
    private readonly consents: ConsentsRepository,
  ) {}

  clients(): Adapter {
    return new ClientAdapter(this.clientRows);
  }

  readonly isPerson: EngineParts['isPerson'] = (userId, clientId) => {
    const visit = currentVisit();
    return this.users.isActive(visit, userId, clientId === undefined ? undefined : visit.client(clientId).orgId);
  };

  readonly remembered: EngineParts['remembered'] = async (userId, clientId) => {
    const scopes = await this.consents.find(currentVisit(), { userId, clientId });
    return scopes.length === 0 ? undefined : scopes.join(' ');
  };
}
