import { createHash } from 'node:crypto';
import { API_AUDIENCE } from '@parley/dto';
import { type AccessToken, type Adapter, type ClientCredentials, errors, type ResourceServer } from 'oidc-provider';
import { currentVisit } from './visit.js';

/** Seconds for which a token of a person lives (click-to-call.md, OAuth for people). */
export const PERSON_TTL = 3600;

type Issued = AccessToken | ClientCredentials;

/** A token that a client has for itself, whether it came by its credentials or by a refresh. */
export const isOwn = (token: object): boolean => 'gty' in token && String(token.gty).startsWith('client_credentials');

/** There is one API; a client gets of it what it is allowed now, whatever it was allowed when its grant began. */
export function resourceServer(resource: string, clientId: string): ResourceServer {
  if (resource !== API_AUDIENCE) throw new errors.InvalidTarget();
  const scope = currentVisit().client(clientId).scopes.join(' ');
  return { scope, audience: API_AUDIENCE, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
}

/** `userId`: clients of the Coviu API decode the token and read it (coviu.md, C1). */
export function extraClaims(token: Issued): Record<string, unknown> {
  const client = currentVisit().client(token.clientId);
  return { org_id: client.orgId, userId: 'accountId' in token ? token.accountId : client.id };
}

/** When a token that is issued now was issued, in epoch seconds; undefined, if nobody gets one for this client any more. */
export type IssuedAt = (clientId: string, subject: string) => Promise<number | undefined>;

/** Asked in the transaction that issues it: a client that is disabled by now gets nothing, and what was revoked before does not cover it. */
export async function dateToken(claims: Record<string, unknown>, issuedAt: IssuedAt): Promise<void> {
  const { client_id, sub } = claims as { client_id: string; sub: string };
  const iat = await issuedAt(client_id, sub);
  if (iat === undefined) throw new errors.InvalidClient('client is disabled');
  claims['iat'] = iat;
}

/** A JWT is not stored by the engine. Its row makes it possible to introspect and to revoke it, alone or with its authorization. */
export async function enterInLedger(ledger: Adapter, token: Issued, claims: Record<string, unknown>): Promise<void> {
  const { jti, iat, exp } = claims as { jti: string; iat: number; exp: number };
  const { kind, clientId, scope, aud, extra, jkt } = token;
  const { accountId, gty, grantId = currentVisit().grantId } = token as Partial<AccessToken>;
  await ledger.upsert(jti, { kind, jti, iat, exp, clientId, accountId, grantId, gty, scope, aud, extra, jkt }, exp - iat);
}

/** What somebody may present once only, by whom and what. */
export const onceId = (issuer: string, jti: string): string => createHash('sha256').update(JSON.stringify([issuer, jti])).digest('base64url');
