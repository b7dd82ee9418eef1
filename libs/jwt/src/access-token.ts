import { createHash } from 'node:crypto';
import { API_AUDIENCE } from '@parley/dto';
import { z } from 'zod';
import type { Actor, TokenVerifier } from './actor.js';
import { tokenInvalid } from './jwt.errors.js';
import type { KeySet } from './key-set.js';
import type { Revocable, Revocations } from './revocations.js';
import { verifyEs256 } from './verify.js';

/** A verified token is believed this long without looking at its signature again. Milliseconds. */
const REMEMBER_MS = 30_000;
const REMEMBER_AT_MOST = 10_000;

/** RFC 9449, 6.1: the only way of ours to bind a token to a key. */
const Confirmation = z.strictObject({ jkt: z.string().min(1) });

/** RFC 9068: the claims that we rely on. */
const Claims = z.object({
  sub: z.string(),
  client_id: z.string(),
  org_id: z.string(),
  scope: z.string().default(''),
  jti: z.string(),
  iat: z.number(),
  exp: z.number(),
  operator: z.literal(true).optional(),
  cnf: Confirmation.optional(),
});

interface Verified {
  actor: Actor;
  revocable: Revocable;
  /** Thumbprint of the key that it is bound to. */
  jkt: string | undefined;
  /** Epoch milliseconds. */
  until: number;
}

/**
 * Who checks that a token which is bound to a key (`cnf`, RFC 9449) comes with a proof of that key: whoever verifies it here, or
 * the gateway has, through which everybody comes.
 */
export type ProofsAre = 'checked-here' | 'checked-before';

/** Verifies access tokens (JWT `at+jwt`, RFC 9068) locally. Whether one was revoked is asked each time, where `revocations` are given. */
export class AccessTokenVerifier implements TokenVerifier<Actor> {
  private readonly known = new Map<string, Verified>();

  constructor(
    private readonly keys: KeySet,
    private readonly revocations?: Revocations,
    private readonly proofs: ProofsAre = 'checked-here',
  ) {}

  /** As a mere bearer token, which one that is bound to a key must never be. */
  verify(token: string): Promise<Actor> {
    return this.judge(token, ({ jkt }) => jkt === undefined || this.proofs === 'checked-before');
  }

  /** With a proof of this key; it must be the one that the token is bound to. */
  verifyBound(token: string, jkt: string): Promise<Actor> {
    return this.judge(token, (verified) => verified.jkt === jkt);
  }

  private async judge(token: string, isAsItMust: (verified: Verified) => boolean): Promise<Actor> {
    const verified = await this.verified(token);
    if (!isAsItMust(verified)) throw tokenInvalid();
    if (await this.revocations?.covers(verified.revocable)) throw tokenInvalid();
    return verified.actor;
  }

  private async verified(token: string): Promise<Verified> {
    const hash = createHash('sha256').update(token).digest('base64url');
    const known = this.known.get(hash);
    if (known && known.until > Date.now()) return known;
    const verified = await this.check(token);
    this.remember(hash, verified);
    return verified;
  }

  private async check(token: string): Promise<Verified> {
    const claims = Claims.safeParse(await verifyEs256(token, this.keys, { typ: 'at+jwt', audience: API_AUDIENCE }));
    if (!claims.success) throw tokenInvalid();
    const { sub, client_id, org_id, scope, jti, iat, exp, operator, cnf } = claims.data;
    const who = { orgId: org_id, clientId: client_id, subject: sub };
    return {
      actor: { kind: 'access', ...who, scopes: scope.split(' ').filter(Boolean), ...(operator ? { operator } : {}) },
      revocable: { ...who, jti, issuedAt: iat },
      jkt: cnf?.jkt,
      until: Math.min(Date.now() + REMEMBER_MS, exp * 1000),
    };
  }

  /** A Map keeps the order of insertion: the first key is the oldest. */
  private remember(hash: string, verified: Verified): void {
    this.known.delete(hash);
    this.known.set(hash, verified);
    const oldest = this.known.keys().next();
    if (this.known.size > REMEMBER_AT_MOST && !oldest.done) this.known.delete(oldest.value);
  }
}
