import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/persistence';

/** What links can be revoked by. */
export interface Revocable {
  kind: 'org' | 'client' | 'subscription' | 'session' | 'person' | 'link';
  key: string;
}

/** From when on links of an org, client, subscription, session or person must be signed; the latest moment counts. */
@Injectable()
export class ValidFromRepository {
  /** Every link signed before now stops working, at once and everywhere. */
  async raise(tx: Tx, orgId: string, { kind, key }: Revocable): Promise<void> {
    await tx.query(
      `insert into valid_from (org_id, kind, key, at) values ($1, $2, $3, parley_now())
       on conflict (org_id, kind, key) do update set at = greatest(valid_from.at, excluded.at)`,
      [orgId, kind, key],
    );
  }
}
