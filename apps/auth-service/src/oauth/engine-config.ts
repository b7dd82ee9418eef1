import { API_AUDIENCE } from '@parley/dto';
import type { JWK } from 'jose';
import { type AccessToken, type Adapter, type ClientCredentials, type Configuration, errors, type ResourceServer } from 'oidc-provider';
import { currentExchange } from './exchange.js';

/** Seconds for which a refresh token lives, counted anew at each rotation (coviu.md, C1): 90 days. */
export const REFRESH_TTL = 90 * 86_400;
/** An authorization outlives its refresh tokens by a day: the engine refuses a good token whose grant is over. Seconds. */
export const GRANT_TTL = REFRESH_TTL + 86_400;

export const TOKEN_PATH = '/oauth/token';
export const JWKS_PATH = '/.well-known/jwks.json';

export interface EngineParts {
  adapter: (model: string) => Adapter;
  /** When a token that is issued now was issued, in epoch seconds; undefined, if nobody gets one for this client any more. */
  issuedAt: (clientId: string, subject: string) => Promise<number | undefined>;
  /** Private, ES256, the signing one first. */
  keys: JWK[];
  /** Seconds for which an access token lives. */
  accessTtl: number;
}

/** What of the engine is on. Its other endpoints exist, but nothing routes to them. */
export const engineConfig = ({ adapter, issuedAt, keys, accessTtl }: EngineParts): Configuration => ({
  adapter,
  jwks: { keys },
  routes: { token: TOKEN_PATH, jwks: JWKS_PATH },
  responseTypes: [],
  scopes: [],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  ttl: { AccessToken: accessTtl, ClientCredentials: accessTtl, RefreshToken: REFRESH_TTL, Grant: GRANT_TTL },
  rotateRefreshToken: true,
  issueRefreshToken: () => Promise.resolve(false),
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API_AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => resourceServer(resource, accessTtl),
    },
  },
  extraTokenClaims: (_ctx, token) => extraClaims(token),
  formats: {
    customizers: {
      jwt: async (_ctx, token, { payload }) => {
        await dateToken(payload, issuedAt);
        await enterInLedger(adapter(token.kind), token, payload);
      },
    },
  },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

/** There is one API; a client gets of it what it is allowed now, whatever it was allowed when its grant began. */
function resourceServer(resource: string, accessTokenTTL: number): ResourceServer {
  if (resource !== API_AUDIENCE) throw new errors.InvalidTarget();
  const scope = currentExchange().client.scopes.join(' ');
  return { scope, audience: API_AUDIENCE, accessTokenTTL, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
}

/** `userId`: clients of the Coviu API decode the token and read it (coviu.md, C1). */
function extraClaims(token: AccessToken | ClientCredentials): Record<string, unknown> {
  const { client } = currentExchange();
  return { org_id: client.orgId, userId: 'accountId' in token ? token.accountId : client.id };
}

/** Asked in the transaction that issues it: a client that is disabled by now gets nothing, and what was revoked before does not cover it. */
async function dateToken(claims: Record<string, unknown>, issuedAt: EngineParts['issuedAt']): Promise<void> {
  const { client_id, sub } = claims as { client_id: string; sub: string };
  const iat = await issuedAt(client_id, sub);
  if (iat === undefined) throw new errors.InvalidClient('client is disabled');
  claims['iat'] = iat;
}

/** A JWT is not stored by the engine. Its row makes it possible to introspect and to revoke it, alone or with its authorization. */
async function enterInLedger(ledger: Adapter, token: AccessToken | ClientCredentials, claims: Record<string, unknown>): Promise<void> {
  const { jti, iat, exp } = claims as { jti: string; iat: number; exp: number };
  const { kind, clientId, scope, aud, extra } = token;
  const { accountId, gty, grantId = currentExchange().grantId } = token as Partial<AccessToken>;
  await ledger.upsert(jti, { kind, jti, iat, exp, clientId, accountId, grantId, gty, scope, aud, extra }, exp - iat);
}
