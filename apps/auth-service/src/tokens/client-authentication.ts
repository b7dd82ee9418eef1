import { Injectable } from '@nestjs/common';
import { ApiClient, newClientSecret } from '../clients/client.entity.js';
import { ClientDirectory } from '../clients/client-directory.js';
import { SecretUses } from '../clients/secret-uses.js';
import { Guesses } from '../guesses/guesses.service.js';
import { ClientAssertions } from './client-assertions.js';
import type { Presented } from './client-credentials.js';
import { invalidClient } from './tokens.errors.js';

/** In the place of an unknown client, so that it costs what a wrong secret costs. */
const nobody = new ApiClient(
  { id: '', orgId: '', name: '', active: false, scopes: [], grantTypes: [], redirectUris: [], clickToCall: 'off', queryToken: false, authMethod: 'client_secret_basic', jwks: null },
  [newClientSecret()],
);

/** Who a client is, by the one way in which it is registered to show it (RFC 6749, 2.3; RFC 7523). */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly assertions: ClientAssertions,
    private readonly guesses: Guesses,
    private readonly uses: SecretUses,
  ) {}

  /** @throws `invalid_client`, alike for every reason */
  async authenticate(presented: Presented): Promise<ApiClient> {
    const client = (await this.clients.find(presented.clientId)) ?? nobody;
    if (!(await this.isRight(client, presented)) || !client.active) throw invalidClient();
    return client;
  }

  /**
   * The same where no token is issued: the statement that issues one refuses whoever has guessed too often, even if this secret is right.
   * @throws `invalid_client`, `too_many_failures`
   */
  async authenticateAndAdmit(presented: Presented): Promise<ApiClient> {
    const client = await this.authenticate(presented);
    if (presented.kind === 'secret') await this.guesses.admit({ secret: 'client-secret', account: client.id, client: client.id });
    return client;
  }

  private isRight(client: ApiClient, presented: Presented): Promise<boolean> | boolean {
    switch (presented.kind) {
      case 'secret':
        return this.isSecret(client, presented);
      case 'assertion':
        return client.authMethod === 'private_key_jwt' && this.assertions.isFresh(client, presented.assertion);
      case 'nothing':
        return client.authMethod === 'none';
    }
  }

  private async isSecret(client: ApiClient, { clientId, secret }: { clientId: string; secret: string }): Promise<boolean> {
    const right = client.accepts(secret);
    if (!right) await this.guesses.failed({ secret: 'client-secret', account: clientId, client: clientId, orgId: client.orgId || undefined });
    if (right) this.uses.note(client, secret);
    return right && client.authMethod === 'client_secret_basic';
  }
}
