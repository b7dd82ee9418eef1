import { Injectable } from '@nestjs/common';
import type { ReadTx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { isClientId } from '../clients/client.entity.js';
import { accessTokens, hashOf } from '../oauth-storage/artifacts.repository.js';

/** What an org has that can be revoked. */
@Injectable()
export class RevokingRepository {
  async hasClient(tx: ReadTx, orgId: string, id: string): Promise<boolean> {
    return isClientId(id) && (await tx.query('select from api_client where org_id = $1 and id = $2', [orgId, id])).length > 0;
  }

  async hasUser(tx: ReadTx, orgId: string, id: string): Promise<boolean> {
    return isUuid(id) && (await tx.query('select from app_user where org_id = $1 and id = $2', [orgId, id])).length > 0;
  }

  /** An access token that lives, and the authorization that it came of. */
  async findToken(tx: ReadTx, orgId: string, jti: string): Promise<{ grantId: string | null } | undefined> {
    const [row] = await tx.query<{ grantId: string | null }>(
      `select a.grant_id as "grantId" from oauth_artifact a join api_client c on c.id = a.client_id
       where a.id_hash = $2 and a.model = any($3) and c.org_id = $1 and a.expires_at > parley_now()`,
      [orgId, hashOf(jti), accessTokens],
    );
    return row;
  }
}
