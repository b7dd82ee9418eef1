import { z } from 'zod';
import { ofOrg } from './common.contract.js';
import { rpc } from './contract.js';

const anyService = ['gateway', 'auth', 'subscription', 'session', 'call'] as const;

/** An organisation: the tenant that everything belongs to. */
export const OrgDto = z.object({ orgId: z.string(), name: z.string(), active: z.boolean() });
export type OrgDto = z.output<typeof OrgDto>;

/** An API client of an org; `clientId` is its `api_key`. */
export const ClientDto = z.object({ clientId: z.string(), orgId: z.string(), name: z.string(), active: z.boolean() });
export type ClientDto = z.output<typeof ClientDto>;

/** The public half of an ES256 key (RFC 7517). */
export const PublicJwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), kid: z.string(), alg: z.literal('ES256'), use: z.literal('sig') });
export type PublicJwk = z.output<typeof PublicJwk>;

export const getSigningKeys = rpc('auth', 'get-signing-keys', {
  doc: 'The issuer of access tokens and the public keys that verify them, retired ones whose tokens may still live included.',
  access: 'none',
  callers: anyService,
  request: z.object({}),
  reply: z.object({ issuer: z.string(), keys: z.array(PublicJwk) }),
});

export const getOrg = rpc('auth', 'get-org', {
  ...ofOrg,
  doc: 'The org of the caller.',
  request: z.object({}),
  reply: OrgDto,
});

export const getClient = rpc('auth', 'get-client', {
  ...ofOrg,
  doc: 'An API client of the caller’s org. Fails with `client.not_found`.',
  request: z.object({ clientId: z.string().max(256) }),
  reply: ClientDto,
});

/** The longest session link, in characters (coviu.md, C9: 8 KiB). */
export const MAX_LINK_LENGTH = 8192;

/** A link whose signature is good. */
export const VerifiedLink = z.object({
  orgId: z.string(),
  clientId: z.string(),
  /** False: the client or its org is disabled. */
  active: z.boolean(),
  /** Which of the client's valid secrets signed it. */
  secret: z.enum(['newest', 'older']),
  claims: z.record(z.string(), z.unknown()),
});
export type VerifiedLink = z.output<typeof VerifiedLink>;

/** So many links, of 8 KiB each at most, are verified by one request: a broker takes messages of 1 MiB unless it is told otherwise. */
export const MAX_LINKS_AT_ONCE = 50;

export const verifyLinks = rpc('auth', 'verify-links', {
  doc: 'Verifies the signatures of session links (HS256 under an `api_key_secret`; coviu.md, C9) and tells whose each is, in their order; null is one that is not valid, for whatever reason. Says nothing of the claims, which session-service judges.',
  access: 'service',
  callers: ['session'],
  request: z.object({ links: z.array(z.string().max(MAX_LINK_LENGTH)).min(1).max(MAX_LINKS_AT_ONCE) }),
  reply: z.object({ verified: z.array(VerifiedLink.nullable()) }),
});

export const findOrg = rpc('auth', 'find-org', {
  doc: 'An organisation as it is now, for a way in that no API client signed. Fails with `org.not_found`.',
  access: 'service',
  callers: ['session'],
  request: z.object({ orgId: z.string().max(256) }),
  reply: OrgDto,
});

export const findClient = rpc('auth', 'find-client', {
  doc: 'An API client as it is now; null if there is none. `active` is false if it or its org is disabled.',
  access: 'service',
  callers: ['session'],
  request: z.object({ clientId: z.string().max(256) }),
  reply: z.object({ client: ClientDto.nullable() }),
});
