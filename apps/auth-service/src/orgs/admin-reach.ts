import { Injectable } from '@nestjs/common';
import { type Actor, operatorOnly, tokenInvalid } from '@parley/jwt';
import type { ReadTx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { clientsOnly, orgNotFound } from './orgs.errors.js';

/** Whom an administrator reaches: the operator everybody, a client with the scope `admin` its own org. */
@Injectable()
export class AdminReach {
  /**
   * @throws `org.not_found` for another's org and for none, alike; `token.invalid` for a client that was disabled since it got its
   * token, or whose org was; `admin.client_only` for a user: that somebody may log in makes nobody an administrator
   */
  async enter(tx: ReadTx, actor: Actor, orgId: string): Promise<void> {
    if (!actor.operator) await this.admit(tx, actor);
    if (!actor.operator && actor.orgId !== orgId) throw orgNotFound();
    const found = isUuid(orgId) ? await tx.query('select from org where id = $1', [orgId]) : [];
    if (found.length === 0) throw orgNotFound();
  }

  /** The one org that the caller reaches; undefined: all. */
  async only(tx: ReadTx, actor: Actor): Promise<string | undefined> {
    if (actor.operator) return undefined;
    await this.admit(tx, actor);
    return actor.orgId;
  }

  requireOperator(actor: Actor): void {
    if (!actor.operator) throw operatorOnly();
  }

  private async admit(tx: ReadTx, { clientId, orgId, subject }: Actor): Promise<void> {
    if (subject !== clientId) throw clientsOnly();
    const active = await tx.query(
      `select from api_client c join org o on o.id = c.org_id where c.id = $1 and c.org_id::text = $2 and c.active and o.active and 'admin' = any(c.scopes)`,
      [clientId, orgId],
    );
    if (active.length === 0) throw tokenInvalid();
  }
}
