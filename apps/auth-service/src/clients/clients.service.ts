import { Injectable } from '@nestjs/common';
import type { ClientDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { apiClientDefaults, newClientSecret } from './client.entity.js';
import { ClientsRepository } from './clients.repository.js';

export interface ClientCredentials {
  clientId: string;
  /** Shown this once. */
  secret: string;
}

@Injectable()
export class ClientsService {
  constructor(
    private readonly db: Database,
    private readonly clients: ClientsRepository,
  ) {}

  async get({ orgId }: Actor, clientId: string): Promise<ClientDto> {
    const client = await this.db.read((tx) => this.clients.get(tx, orgId, clientId));
    return client.toDto();
  }

  /** A client that speaks the Coviu API for its org. */
  async createApiClient(tx: Tx, orgId: string, name: string): Promise<ClientCredentials> {
    const clientId = await this.clients.insert(tx, orgId, { name, ...apiClientDefaults });
    const secret = newClientSecret();
    await this.clients.insertSecret(tx, orgId, { clientId, secret });
    return { clientId, secret };
  }
}
