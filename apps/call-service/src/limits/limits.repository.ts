import { Injectable } from '@nestjs/common';
import type { CallRule } from '@parley/dto';
import type { Tx } from '@parley/persistence';

@Injectable()
export class LimitsRepository {
  /** News may come late and out of order: only a higher version changes anything. */
  async save(tx: Tx, { kind, key, version, callsPerUser, ongoingCalls, username }: CallRule): Promise<void> {
    await tx.query(
      `insert into limit_rule as known (kind, key, version, calls_per_user, ongoing_calls, username) values ($1, $2, $3, $4, $5, $6)
       on conflict (kind, key) do update set version = excluded.version, calls_per_user = excluded.calls_per_user, ongoing_calls = excluded.ongoing_calls
       where known.version < excluded.version`,
      [kind, key, version, callsPerUser, ongoingCalls, username],
    );
  }
}
