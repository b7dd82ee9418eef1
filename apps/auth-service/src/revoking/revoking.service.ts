import { Injectable } from '@nestjs/common';
import type { RevocationWish, RevokedDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { recordAct } from '../audit/record-act.js';
import { clientNotFound } from '../clients/clients.errors.js';
import { AdminReach } from '../orgs/admin-reach.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { userNotFound } from '../users/users.errors.js';
import { tokenNotFound } from './revoking.errors.js';
import { RevokingRepository } from './revoking.repository.js';

/** Administrators end tokens; whoever had them may get new ones. */
@Injectable()
export class RevokingService {
  constructor(
    private readonly db: Database,
    private readonly held: RevokingRepository,
    private readonly reach: AdminReach,
    private readonly revocations: RevocationsService,
  ) {}

  revoke(actor: Actor, orgId: string, wish: RevocationWish): Promise<RevokedDto> {
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const { kind, id = orgId } = wish;
      await this.end(tx, orgId, { kind, id });
      recordAct(tx, actor, { orgId, act: 'tokens.revoked', target: { kind, id } });
      return { kind, id };
    });
  }

  private async end(tx: Tx, orgId: string, { kind, id }: RevokedDto): Promise<void> {
    switch (kind) {
      case 'token':
      case 'grant':
        return this.endToken(tx, orgId, { kind, jti: id });
      case 'client':
        if (!(await this.held.hasClient(tx, orgId, id))) throw clientNotFound();
        break;
      case 'user':
        if (!(await this.held.hasUser(tx, orgId, id))) throw userNotFound();
        break;
      case 'org':
        break;
    }
    return this.revocations.revoke(tx, { kind, key: id, orgId });
  }

  private async endToken(tx: Tx, orgId: string, { kind, jti }: { kind: 'token' | 'grant'; jti: string }): Promise<void> {
    const token = await this.held.findToken(tx, orgId, jti);
    if (!token) throw tokenNotFound();
    if (kind === 'grant' && token.grantId !== null) return this.revocations.revokeGrant(tx, token.grantId);
    return this.revocations.revokeToken(tx, jti);
  }
}
