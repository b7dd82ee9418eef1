import { Injectable } from '@nestjs/common';
import { confirmAdministrator } from '@parley/dto';
import { type Actor, tokenInvalid } from '@parley/jwt';
import { RpcClient } from '@parley/rpc';
import { clientsOnly, orgNotFound } from './history.errors.js';

/** Whom an administrator reaches: the operator everybody, a client with the scope `admin` its own org. */
@Injectable()
export class AdminReach {
  constructor(private readonly rpc: RpcClient) {}

  /**
   * The one org that the caller reaches, or wants to; undefined: all.
   * @throws `org.not_found` for another's; `token.invalid` for a client that has been disabled or has lost the scope since it got its
   * token; `admin.client_only` for a user
   */
  async orgOf(actor: Actor, wanted?: string): Promise<string | undefined> {
    if (actor.operator) return wanted;
    const { orgId, clientId, subject } = actor;
    if (subject !== clientId) throw clientsOnly();
    const { confirmed } = await this.rpc.call(confirmAdministrator, { orgId, clientId });
    if (!confirmed) throw tokenInvalid();
    if (wanted !== undefined && wanted !== orgId) throw orgNotFound();
    return orgId;
  }
}
