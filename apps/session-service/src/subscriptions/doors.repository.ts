import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/persistence';

/** What is known here of one subscription. `version` is its own count of changes: a higher one is newer. */
export interface Door {
  orgId: string;
  subscriptionId: string;
  ref: string;
  version: number;
  open: boolean;
}

@Injectable()
export class DoorsRepository {
  /** News may come late and out of order: only a higher version changes anything. */
  async save(tx: Tx, { orgId, subscriptionId, ref, version, open }: Door): Promise<void> {
    await tx.query(
      `insert into subscription_door as door (id, org_id, ref, version, open) values ($1, $2, $3, $4, $5)
       on conflict (id) do update set version = excluded.version, open = excluded.open where door.version < excluded.version`,
      [subscriptionId, orgId, ref, version, open],
    );
  }
}
