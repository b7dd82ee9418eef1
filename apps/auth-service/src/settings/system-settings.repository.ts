import { Injectable } from '@nestjs/common';
import type { Limits } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';

const columns = 'calls_per_user as "callsPerUser", ongoing_calls as "ongoingCalls"';

/** The one row of what holds for everyone. */
@Injectable()
export class SystemSettingsRepository {
  get(tx: ReadTx): Promise<Limits> {
    return this.one(tx, '');
  }

  lock(tx: Tx): Promise<Limits> {
    return this.one(tx, 'for update');
  }

  async save(tx: Tx, { callsPerUser, ongoingCalls }: Limits): Promise<void> {
    await tx.query('update system_setting set calls_per_user = $1, ongoing_calls = $2', [callsPerUser, ongoingCalls]);
  }

  private async one(tx: ReadTx, locking: '' | 'for update'): Promise<Limits> {
    const [row] = await tx.query<Limits>(`select ${columns} from system_setting ${locking}`);
    if (!row) throw new Error('the row of the settings is missing');
    return row;
  }
}
