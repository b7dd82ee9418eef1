import { API_AUDIENCE } from '@parley/dto';
import type { JWK } from 'jose';
import { type Adapter, type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { refusalPage } from '../pages/notice-page.js';
import { codeConfirmPage, codeInputPage, deviceConnectedPage, show } from '../devices/device-pages.js';
import { grantOfThisAuthorization, type Remembered } from './grants.js';
import { routes } from './routes.js';
import { dateToken, enterInLedger, extraClaims, isOwn, type IssuedAt, PERSON_TTL, resourceServer } from './token-rules.js';
import { currentVisit } from './visit.js';

/** Seconds for which a refresh token lives, counted anew at each rotation (coviu.md, C1): 90 days. */
export const REFRESH_TTL = 90 * 86_400;
/** An authorization outlives its refresh tokens by a day: the engine refuses a good token whose grant is over. Seconds. */
export const GRANT_TTL = REFRESH_TTL + 86_400;
/** Seconds for which a person stays logged in without coming back. */
export const SESSION_TTL = 14 * 86_400;

export interface EngineParts {
  adapter: (model: string) => Adapter;
  issuedAt: IssuedAt;
  /** Whether somebody with this `sub` may be logged in at the client; of no client in particular, at all. */
  isPerson: (subject: string, clientId: string | undefined) => Promise<boolean>;
  remembered: Remembered;
  /** True for the first who brings what may be brought once in so many seconds. */
  isFirstUse: (id: string, seconds: number) => Promise<boolean>;
  /** Private, ES256, the signing one first. */
  keys: JWK[];
  secrets: Record<'cookies' | 'dpop-nonces', Buffer>;
  /** Of all cookies: https only. */
  secure: boolean;
  /** Seconds for which an access token of an API client lives. */
  accessTtl: number;
}

export const engineConfig = (parts: EngineParts): Configuration => ({
  adapter: parts.adapter,
  jwks: { keys: parts.keys },
  routes,
  responseTypes: ['code'],
  scopes: ['openid', 'offline_access'],
  clientAuthMethods: ['client_secret_basic', 'none'],
  enabledJWA: { dPoPSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519'], idTokenSigningAlgValues: ['ES256'] },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  allowOmittingSingleRegisteredRedirectUri: false,
  acceptQueryParamAccessTokens: false,
  pkce: { required: (_ctx, client) => currentVisit().client(client.clientId).clickToCall === 'off' },
  ttl: {
    AccessToken: (_ctx, token) => (isOwn(token) ? parts.accessTtl : PERSON_TTL),
    ClientCredentials: parts.accessTtl,
    IdToken: PERSON_TTL,
    RefreshToken: REFRESH_TTL,
    Grant: GRANT_TTL,
    Session: SESSION_TTL,
    Interaction: 3600,
    AuthorizationCode: 60,
    DeviceCode: 600,
    PushedAuthorizationRequest: 60,
  },
  cookies: cookies(parts),
  rotateRefreshToken: true,
  issueRefreshToken: (_ctx, client, code) =>
    Promise.resolve(!currentVisit().accessOnly && client.grantTypeAllowed('refresh_token') && (!code.scopes.has('openid') || code.scopes.has('offline_access'))),
  features: features(),
  extraTokenClaims: (_ctx, token) => extraClaims(token),
  formats: {
    customizers: {
      jwt: async (_ctx, token, { payload }) => {
        await dateToken(payload, parts.issuedAt);
        await enterInLedger(parts.adapter(token.kind), token, payload);
      },
    },
  },
  interactions: { policy: policy(), url: (_ctx, { prompt, uid }) => `/auth/${prompt.name === 'login' ? 'login' : 'grant'}/${uid}` },
  loadExistingGrant: (ctx) => grantOfThisAuthorization(ctx, parts.remembered),
  findAccount: async (ctx, sub, token) => {
    const exists = (token && isOwn(token)) || (await parts.isPerson(sub, ctx.oidc?.client?.clientId));
    return exists ? { accountId: sub, claims: () => ({ sub }) } : undefined;
  },
  renderError,
});

const cookies = ({ secrets, secure }: EngineParts): Configuration['cookies'] => ({
  keys: [secrets.cookies.toString('base64url')],
  names: { session: 'parley_session', interaction: 'parley_interaction', resume: 'parley_resume' },
  long: { signed: true, httpOnly: true, sameSite: 'lax', secure },
  short: { signed: true, httpOnly: true, sameSite: 'lax', secure },
});

const features = (): Configuration['features'] => ({
  devInteractions: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  userinfo: { enabled: false },
  clientCredentials: { enabled: true },
  introspection: { enabled: true, allowedPolicy: (_ctx, { clientId }, token) => token.clientId === clientId || mayIntrospect(clientId) },
  revocation: { enabled: true, allowedPolicy: (_ctx, { clientId }, token) => token.clientId === clientId },
  pushedAuthorizationRequests: { enabled: true },
  dPoP: { enabled: true },
  deviceFlow: { enabled: true, userCodeInputSource: codeInputPage, userCodeConfirmSource: codeConfirmPage, successSource: deviceConnectedPage },
  resourceIndicators: {
    enabled: true,
    defaultResource: () => API_AUDIENCE,
    useGrantedResource: () => true,
    getResourceServerInfo: (_ctx, resource, { clientId }) => resourceServer(resource, clientId),
  },
});

/** A client that has no scope but this one is a resource server (RFC 7662, 2.1). */
function mayIntrospect(clientId: string): boolean {
  const { authMethod, scopes } = currentVisit().client(clientId);
  return authMethod !== 'none' && scopes.includes('introspect');
}

/** A person who is logged in but unknown to the client's org (or no longer anybody) logs in again. */
function policy(): ReturnType<typeof interactionPolicy.base> {
  const prompts = interactionPolicy.base();
  const stranger = (ctx: KoaContextWithOIDC): boolean => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined;
  prompts.get('login')?.checks.add(new interactionPolicy.Check('stranger', 'The person who is logged in does not belong to this client', 'login_required', stranger));
  return prompts;
}

/** What can't be told to the client by a redirect, in the form of all failures on this port. */
function renderError(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string | undefined }, error: Error): void {
  if (!(error instanceof errors.OIDCProviderError)) throw error;
  const { error: code, error_description: message = '' } = out;
  show(ctx, refusalPage({ code, message: `The request can’t be served: ${message}.` }), { error: code, error_description: message });
}
