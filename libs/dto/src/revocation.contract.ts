import { z } from 'zod';
import { ofAdmin, OrgId } from './admin.contract.js';
import { Instant } from './common.contract.js';
import { live, rpc } from './contract.js';

/** The longest that any access token of this system lives, whatever is configured. Seconds. */
export const MAX_ACCESS_TTL = 86_400;

/** Access tokens that are refused although their time is not over. */
export const Revocation = z.object({
  kind: z.enum(['token', 'client', 'org', 'user']),
  /** Of a token: SHA-256 of its `jti`, base64url. Else what the token says in `client_id`, `org_id` or `sub`. */
  key: z.string(),
  /** Of a client, an org or a user: tokens issued up to this moment are refused, later ones are not. */
  at: Instant,
  /** From then on no such token lives. */
  expiresAt: Instant,
});
export type Revocation = z.output<typeof Revocation>;

/** Told the moment it is committed. */
export const tokensRevoked = live('auth', 'revoked', {
  doc: 'Access tokens were revoked. `rpc.auth.list-revocations` tells the same to whoever missed it.',
  data: z.object({ revocations: z.array(Revocation) }),
});

export const listRevocations = rpc('auth', 'list-revocations', {
  doc: 'The revocations whose tokens may still live: all of them, or those that may have been written since an earlier answer. In pages.',
  access: 'none',
  callers: ['gateway'],
  request: z.object({
    /** The `asOf` of an earlier answer. */
    since: Instant.optional(),
    /** The `next` of the page before. */
    after: z.int().min(0).optional(),
  }),
  reply: z.object({
    /** The time by the database's clock. */
    asOf: Instant,
    revocations: z.array(Revocation),
    /** There, if there are more. */
    next: z.int().optional(),
  }),
});

const Id = z.string().min(1).max(256);
/**
 * What an administrator takes back. `token`: the access token of that `jti`; `grant`: all that was given by the authorization that this
 * one came of, refresh tokens included; `client`, `user`: everything that it was given so far; `org`: everything that anybody in it was.
 */
export const RevocationWish = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['token', 'grant', 'client', 'user']), id: Id }),
  z.object({ kind: z.literal('org'), id: z.undefined().optional() }),
]);
export type RevocationWish = z.output<typeof RevocationWish>;

/** What was taken back; `id` as it was given, of an org its id. */
export const RevokedDto = z.object({ kind: z.enum(['token', 'grant', 'client', 'user', 'org']), id: z.string() });
export type RevokedDto = z.output<typeof RevokedDto>;

export const revokeTokens = rpc('auth', 'revoke-tokens', {
  ...ofAdmin,
  doc: 'Ends tokens before their time, and disables nobody. Fails with `token.not_found`, `client.not_found`, `user.not_found`.',
  idempotent: true,
  request: OrgId.extend({ wish: RevocationWish }),
  reply: RevokedDto,
});
