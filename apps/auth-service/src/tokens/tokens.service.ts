import { Injectable } from '@nestjs/common';
import { recordReplay } from '../audit/record-act.js';
import type { ApiClient } from '../clients/client.entity.js';
import { hashOf } from '../oauth-storage/artifacts.repository.js';
import type { EngineAnswer, TokenBody } from '../engine/engine.js';
import { type InVisit, Visits } from '../oauth/visits.js';
import { RefreshesService } from '../refreshes/refreshes.service.js';
import { ClientAuthentication } from './client-authentication.js';
import { credentialParameters, type Presented } from './client-credentials.js';
import type { Form } from './form.js';
import { invalidRequest, invalidScope, refusedByEngine, unauthorizedClient, unsupportedGrantType } from './tokens.errors.js';

export interface TokenRequest {
  presented: Presented;
  form: Form;
  /** RFC 9449, 4: the tokens are to be bound to the key of this proof. */
  dpop?: string | undefined;
  /** Whether it came to the Coviu API: there client credentials earn a refresh token, which they should not by RFC 6749, 4.4.3. */
  coviu: boolean;
  /** Whether there is no way to hand over a refresh token. */
  accessOnly?: boolean;
}

type Asked = Omit<TokenRequest, 'presented'>;

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

@Injectable()
export class TokensService {
  constructor(
    private readonly visits: Visits,
    private readonly authentication: ClientAuthentication,
    private readonly refreshes: RefreshesService,
  ) {}

  async grant({ presented, ...asked }: TokenRequest): Promise<TokenBody> {
    const client = await this.authentication.authenticate(presented);
    switch (grantTypeFor(client, asked)) {
      case 'client_credentials':
        return this.clientCredentials(client, asked);
      case 'refresh_token':
        return this.refresh(client, asked);
      case 'authorization_code':
        return this.redeem(client, asked, 'code');
      case DEVICE:
        return this.redeem(client, asked, 'device_code');
    }
  }

  /** One transaction: an access token without its row in the ledger, or a refresh token that nobody was told of, never exists. */
  private clientCredentials(client: ApiClient, { form, dpop, coviu }: Asked): Promise<TokenBody> {
    const scope = scopeFor(client, form.one('scope'));
    return this.visits.asClient(client, async ({ visit, engine }) => {
      if (coviu) visit.grantId = await engine.newGrant(visit, client, scope);
      const answer = await engine.token(client, visit, { dpop, form: [['grant_type', 'client_credentials'], ['scope', scope], ...(coviu ? [] : resourceOf(form))] });
      if (!answer.ok) throw refusedByEngine(answer.error, answer.description);
      if (!visit.grantId) return answer.body;
      return { ...answer.body, refresh_token: await engine.newRefreshToken(visit, client, { grantId: visit.grantId, scope }) };
    });
  }

  private refresh(client: ApiClient, { form, dpop }: Asked): Promise<TokenBody> {
    const refreshToken = form.one('refresh_token');
    if (!refreshToken) throw invalidRequest('refresh_token is missing');
    return this.refreshes.refresh({ client, refreshToken, scope: form.one('scope'), dpop });
  }

  /** One after the other, so that the second sees that it is the second. What a refusal has revoked stays revoked: it is thrown afterwards. */
  private async redeem(client: ApiClient, { form, dpop, accessOnly = false }: Asked, name: 'code' | 'device_code'): Promise<TokenBody> {
    const code = form.one(name);
    if (!code) throw invalidRequest(`${name} is missing`);
    const redeem = async ({ tx, visit, engine }: InVisit): Promise<EngineAnswer> => {
      const answered = await engine.token(client, visit, { dpop, form: form.without(credentialParameters) });
      recordReplay(tx, client, 'code.replayed', visit.endedGrant);
      return answered;
    };
    const answer = await this.visits.asClient(client, redeem, { locks: [`code ${hashOf(code)}`], accessOnly });
    if (!answer.ok) throw refusedByEngine(answer.error, answer.description);
    return answer.body;
  }
}

const resourceOf = (form: Form): [string, string][] => {
  const resource = form.one('resource');
  return resource === undefined ? [] : [['resource', resource]];
};

const ofCoviu = ['client_credentials', 'refresh_token'] as const;
const grantTypes = [...ofCoviu, 'authorization_code', DEVICE] as const;
type GrantType = (typeof grantTypes)[number];

function grantTypeFor(client: ApiClient, { form, coviu }: Asked): GrantType {
  const wanted = form.one('grant_type');
  if (!wanted) throw invalidRequest('grant_type is missing');
  const grantType = (coviu ? ofCoviu : grantTypes).find((known) => known === wanted);
  if (!grantType) throw unsupportedGrantType();
  if (!client.grantTypes.includes(grantType)) throw unauthorizedClient();
  return grantType;
}

/** All scopes of the client where it names none (coviu.md, C1). The engine would drop those that it may not have, silently. */
function scopeFor({ scopes }: ApiClient, requested: string | undefined): string {
  const wanted = requested?.split(' ').filter(Boolean) ?? [...scopes];
  if (!wanted.every((scope) => scopes.includes(scope))) throw invalidScope();
  return [...new Set(wanted)].join(' ');
}
