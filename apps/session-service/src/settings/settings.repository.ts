import { Injectable } from '@nestjs/common';
import type { ReadTx, Tx } from '@parley/persistence';
import { type KeptSettings, type StandingRow } from '../schedule/standing.js';
import { standingColumns } from '../schedule/standing.sql.js';

/** The level of an org, beside its session names, none of which is empty. */
export const WHOLE_ORG = '';

@Injectable()
export class SettingsRepository {
  /** What was set and planned for a session name, or with `WHOLE_ORG` for the org. */
  async standing(tx: ReadTx, orgId: string, sid: string): Promise<StandingRow> {
    const [row] = await tx.query<StandingRow>(`select ${standingColumns('null')}`, [orgId, sid]);
    if (!row) throw new Error('what was set is always one row');
    return row;
  }

  async save(tx: Tx, { orgId, sid }: { orgId: string; sid: string }, settings: KeptSettings): Promise<number> {
    const [row] = await tx.query<{ sequence: number }>(
      `insert into session_setting (org_id, sid, settings, sequence) values ($1, $2, $3, 1)
       on conflict (org_id, sid) do update set settings = excluded.settings, sequence = session_setting.sequence + 1 returning sequence`,
      [orgId, sid, settings],
    );
    return row?.sequence ?? 1;
  }
}
