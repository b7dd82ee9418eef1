import { Injectable } from '@nestjs/common';
import type { Role } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';

export interface Presence {
  callId: string;
  entryId: string;
  role: Role;
}

@Injectable()
export class PresenceRepository {
  async insert(tx: Tx, { callId, entryId, role }: Presence): Promise<void> {
    await tx.query('insert into call_presence (entry_id, call_id, role) values ($1, $2, $3)', [entryId, callId, role]);
  }

  async remove(tx: Tx, callId: string, entryId: string): Promise<void> {
    await tx.query('delete from call_presence where call_id = $1 and entry_id = $2', [callId, entryId]);
  }

  /** Who is in now: caller and callee are told apart by their roles. */
  async rolesOf(tx: ReadTx, callId: string): Promise<Role[]> {
    const rows = await tx.query<{ role: Role }>('select distinct role from call_presence where call_id = $1', [callId]);
    return rows.map(({ role }) => role);
  }
}
