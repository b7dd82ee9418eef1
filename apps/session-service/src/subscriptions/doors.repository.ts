import { Injectable } from '@nestjs/common';
import type { closeSubscription, RequestOf } from '@parley/dto';
import { prepared, type ReadTx, type Tx } from '@parley/persistence';

/** What is known here of one subscription. `version` is its own count of changes: a higher one is newer. */
export interface Door {
  orgId: string;
  subscriptionId: string;
  ref: string;
  version: number;
  open: boolean;
}

export type Closing = RequestOf<typeof closeSubscription>;

const saveSql = prepared(
  'save-door',
  `insert into subscription_door as door (id, org_id, ref, version, open) values ($1, $2, $3, $4, $5)
   on conflict (id) do update set version = excluded.version, open = excluded.open where door.version < excluded.version`,
);
const isDoneSql = prepared(
  'door-closed',
  `select exists (select from subscription_door where id = $1 and version >= $2 and not open) and not ($3::boolean and exists (select from lease where subscription_id = $1)) as done`,
);

@Injectable()
export class DoorsRepository {
  /** News may come late and out of order: only a higher version changes anything. */
  save(tx: Tx, { orgId, subscriptionId, ref, version, open }: Door): void {
    tx.send(saveSql, [subscriptionId, orgId, ref, version, open]);
  }

  /** Whether a closing has nothing left to do. Needs no lock: a door that is closed stays so, and nobody enters through it. */
  async isDone(tx: ReadTx, { subscriptionId, version, endSessions }: Closing): Promise<boolean> {
    const [row] = await tx.query<{ done: boolean }>(isDoneSql, [subscriptionId, version, endSessions]);
    return row?.done === true;
  }
}
