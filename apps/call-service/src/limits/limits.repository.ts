import { Injectable } from '@nestjs/common';
import type { CallRule } from '@parley/dto';
import { prepared, type Tx } from '@parley/persistence';

const saveSql = prepared(
  'save-limit-rule',
  `insert into limit_rule as known (kind, key, version, calls_per_user, ongoing_calls, username) values ($1, $2, $3, $4, $5, $6)
   on conflict (kind, key) do update set version = excluded.version, calls_per_user = excluded.calls_per_user, ongoing_calls = excluded.ongoing_calls
   where known.version < excluded.version`,
);

@Injectable()
export class LimitsRepository {
  /** News may come late and out of order: only a higher version changes anything. */
  save(tx: Tx, { kind, key, version, callsPerUser, ongoingCalls, username }: CallRule): void {
    tx.send(saveSql, [kind, key, version, callsPerUser, ongoingCalls, username]);
  }
}
