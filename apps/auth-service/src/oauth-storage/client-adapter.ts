import type { Adapter, ClientMetadata } from 'oidc-provider';
import { type ApiClient, isClientId } from '../clients/client.entity.js';
import type { ClientsRepository } from '../clients/clients.repository.js';
import { currentVisit } from '../engine/visit.js';

/** The engine wants one to be there. Who a client is was seen before the visit (`Visit.isAuthenticated`), and no secret opens anything. */
export const NOT_A_SECRET = 'none';

/** How answers travel (OAuth 2.0 Multiple Response Type Encoding Practices, 2.1). A form that posts itself would need a script. */
export const responseModes = ['query', 'fragment'];

/** The clients as they are registered; a disabled one is none. The engine has no say over them. */
export class ClientAdapter implements Adapter {
  constructor(private readonly clients: ClientsRepository) {}

  async find(id: string): Promise<ClientMetadata | undefined> {
    const visit = currentVisit();
    const client = visit.known(id) ?? (isClientId(id) ? await this.clients.findWithSecrets(visit, id) : undefined);
    if (!client?.active) return undefined;
    visit.meet(client);
    return toMetadata(client);
  }

  upsert = refuse;
  consume = refuse;
  destroy = refuse;
  findByUid = refuse;
  findByUserCode = refuse;
  revokeByGrantId = refuse;
}

/** The implicit grant is not the engine's. A code goes to a redirect URI: without one a client can have none. */
function toMetadata({ id, name, grantTypes, redirectUris, authMethod }: ApiClient): ClientMetadata {
  const hasCode = grantTypes.includes('authorization_code') && redirectUris.length > 0;
  return {
    client_id: id,
    client_name: name,
    ...(authMethod === 'none' ? { token_endpoint_auth_method: 'none' } : { token_endpoint_auth_method: 'client_secret_basic', client_secret: NOT_A_SECRET }),
    grant_types: grantTypes.filter((type) => type !== 'implicit' && (type !== 'authorization_code' || hasCode)),
    response_types: hasCode ? ['code'] : [],
    response_modes: responseModes,
    redirect_uris: [...redirectUris],
  };
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('The engine has no say over clients'));
}
