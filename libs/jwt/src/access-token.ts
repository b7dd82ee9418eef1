import { createHash } from 'node:crypto';
import { API_AUDIENCE } from '@parley/dto';
import { z } from 'zod';
import type { Actor, TokenVerifier } from './actor.js';
import { tokenInvalid } from './jwt.errors.js';
import type { KeySet } from './key-set.js';
import { verifyEs256 } from './verify.js';

/** A verified token is believed this long without looking at its signature again. Milliseconds. */
const REMEMBER_MS = 30_000;
const REMEMBER_AT_MOST = 10_000;

/** RFC 9068: the claims that we rely on. A token bound to a key (`cnf`, RFC 9449) must not work as a mere bearer token. */
const Claims = z.object({ sub: z.string(), client_id: z.string(), org_id: z.string(), scope: z.string().default(''), jti: z.string(), exp: z.number(), cnf: z.never().optional() });

/** Verifies access tokens (JWT `at+jwt`, RFC 9068) locally. */
export class AccessTokenVerifier implements TokenVerifier<Actor> {
  private readonly known = new Map<string, { actor: Actor; until: number }>();

  constructor(private readonly keys: KeySet) {}

  async verify(token: string): Promise<Actor> {
    const hash = createHash('sha256').update(token).digest('base64url');
    const known = this.known.get(hash);
    if (known && known.until > Date.now()) return known.actor;
    const { actor, expiresAt } = await this.check(token);
    this.remember(hash, { actor, until: Math.min(Date.now() + REMEMBER_MS, expiresAt) });
    return actor;
  }

  private async check(token: string): Promise<{ actor: Actor; expiresAt: number }> {
    const claims = Claims.safeParse(await verifyEs256(token, this.keys, { typ: 'at+jwt', audience: API_AUDIENCE }));
    if (!claims.success) throw tokenInvalid();
    const { sub, client_id, org_id, scope, exp } = claims.data;
    return { actor: { kind: 'access', orgId: org_id, clientId: client_id, subject: sub, scopes: scope.split(' ').filter(Boolean) }, expiresAt: exp * 1000 };
  }

  /** A Map keeps the order of insertion: the first key is the oldest. */
  private remember(hash: string, entry: { actor: Actor; until: number }): void {
    this.known.delete(hash);
    this.known.set(hash, entry);
    const oldest = this.known.keys().next();
    if (this.known.size > REMEMBER_AT_MOST && !oldest.done) this.known.delete(oldest.value);
  }
}
