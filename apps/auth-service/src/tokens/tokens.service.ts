import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { ApiClient, newClientSecret } from '../clients/client.entity.js';
import { ClientDirectory } from '../clients/client-directory.js';
import { EngineHolder } from '../oauth/engine-holder.js';
import type { TokenBody } from '../oauth/engine.js';
import { Exchange } from '../oauth/exchange.js';
import { RefreshesService } from '../refreshes/refreshes.service.js';
import type { Presented } from './client-credentials.js';
import type { Form } from './form.js';
import { invalidClient, invalidRequest, invalidScope, refusedByEngine, unauthorizedClient, unsupportedGrantType } from './tokens.errors.js';

export interface TokenRequest {
  presented: Presented;
  form: Form;
  /** Whether client credentials earn a refresh token: they do in the Coviu API, and should not by RFC 6749, 4.4.3. */
  withRefreshToken: boolean;
}

/** In the place of an unknown client, so that it costs what a wrong secret costs. */
const nobody = new ApiClient({ id: '', orgId: '', name: '', active: false, scopes: [], grantTypes: [] }, [newClientSecret()]);

@Injectable()
export class TokensService {
  constructor(
    private readonly db: Database,
    private readonly clients: ClientDirectory,
    private readonly engines: EngineHolder,
    private readonly refreshes: RefreshesService,
  ) {}

  async grant(request: TokenRequest): Promise<TokenBody> {
    const client = await this.authenticate(request.presented);
    switch (grantTypeFor(client, request.form.one('grant_type'))) {
      case 'client_credentials':
        return this.clientCredentials(client, request);
      case 'refresh_token':
        return this.refresh(client, request);
    }
  }

  private async authenticate({ clientId, secret }: Presented): Promise<ApiClient> {
    const client = (await this.clients.find(clientId)) ?? nobody;
    if (!client.accepts(secret) || !client.active) throw invalidClient();
    return client;
  }

  /** One transaction: an access token without its row in the ledger, or a refresh token that nobody was told of, never exists. */
  private async clientCredentials(client: ApiClient, { presented, form, withRefreshToken }: TokenRequest): Promise<TokenBody> {
    const scope = scopeFor(client, form.one('scope'));
    const engine = await this.engines.get();
    return this.db.write([], async (tx) => {
      const exchange = new Exchange(client, presented.secret, tx);
      if (withRefreshToken) exchange.grantId = await engine.newGrant(exchange, scope);
      const answer = await engine.token(exchange, { grant_type: 'client_credentials', scope });
      if (!answer.ok) throw refusedByEngine(answer.error, answer.description);
      if (!exchange.grantId) return answer.body;
      return { ...answer.body, refresh_token: await engine.newRefreshToken(exchange, exchange.grantId, scope) };
    });
  }

  private refresh(client: ApiClient, { presented, form }: TokenRequest): Promise<TokenBody> {
    const refreshToken = form.one('refresh_token');
    if (!refreshToken) throw invalidRequest('refresh_token is missing');
    return this.refreshes.refresh({ client, secret: presented.secret, refreshToken, scope: form.one('scope') });
  }
}

const grantTypes = ['client_credentials', 'refresh_token'] as const;
type GrantType = (typeof grantTypes)[number];

const isSupported = (grantType: string): grantType is GrantType => grantTypes.some((known) => known === grantType);

function grantTypeFor(client: ApiClient, grantType: string | undefined): GrantType {
  if (!grantType) throw invalidRequest('grant_type is missing');
  if (!isSupported(grantType)) throw unsupportedGrantType();
  if (!client.grantTypes.includes(grantType)) throw unauthorizedClient();
  return grantType;
}

/** All scopes of the client where it names none (coviu.md, C1). The engine would drop those that it may not have, silently. */
function scopeFor({ scopes }: ApiClient, requested: string | undefined): string {
  const wanted = requested?.split(' ').filter(Boolean) ?? [...scopes];
  if (!wanted.every((scope) => scopes.includes(scope))) throw invalidScope();
  return [...new Set(wanted)].join(' ');
}
