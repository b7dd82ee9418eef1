import { randomBytes } from 'node:crypto';
import type { Adapter, ClientMetadata } from 'oidc-provider';
import { currentExchange } from './exchange.js';

/** The engine wants a secret to be there; what was presented is judged by `ApiClient.accepts`, and this one is told to nobody. */
const notTheSecret = randomBytes(32).toString('base64url');

/** The one client that the engine may know is the one for which it is visited. Clients are registered elsewhere. */
export class ClientAdapter implements Adapter {
  async find(id: string): Promise<ClientMetadata | undefined> {
    const { client } = currentExchange();
    if (client.id !== id) return undefined;
    return {
      client_id: id,
      client_secret: notTheSecret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: [...client.grantTypes],
      response_types: [],
      redirect_uris: [],
    };
  }

  upsert = refuse;
  consume = refuse;
  destroy = refuse;
  findByUid = refuse;
  findByUserCode = refuse;
  revokeByGrantId = refuse;
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('The engine has no say over clients'));
}
