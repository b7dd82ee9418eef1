import { Injectable } from '@nestjs/common';
import { prepared, type ReadTx, type Tx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import type { InvitationRow } from './invitation.entity.js';
import { participantNotFound } from './participants.errors.js';

const columns = `i.id as "participantId", i.session_id as sid, i.org_id as "orgId", i.client_id as "clientId", i.name, i.role, i.picture, i.state,
  i.created as "createdAt", i.deleted as "deletedAt"`;

const insertSql = prepared(
  'insert-invitations',
  `insert into scheduled_participant (id, session_id, org_id, client_id, name, role, picture, state, created)
   select "participantId", sid, "orgId", "clientId", name, role, picture, state, "createdAt" from json_to_recordset($1::json)
     as i("participantId" uuid, sid text, "orgId" text, "clientId" text, name text, role text, picture text, state text, "createdAt" timestamptz)`,
);

/** Who is invited to planned sessions. */
@Injectable()
export class InvitationsRepository {
  async get(tx: ReadTx, orgId: string, participantId: string): Promise<InvitationRow> {
    if (!isUuid(participantId)) throw participantNotFound();
    const sql = `select ${columns} from scheduled_participant i where i.id = $1 and i.org_id = $2`;
    const [row] = await tx.query<InvitationRow>(sql, [participantId, orgId]);
    if (!row) throw participantNotFound();
    return row;
  }

  /** Of these sessions, in the order of their invitation. `deleted`: removed ones as well. */
  list(tx: ReadTx, orgId: string, of: { sids: readonly string[]; deleted: boolean }): Promise<InvitationRow[]> {
    return tx.query<InvitationRow>(
      `select ${columns} from scheduled_participant i
       where i.org_id = $1 and i.session_id = any($2::text[]) and ($3 or i.deleted is null) order by i.session_id, i.position`,
      [orgId, of.sids, of.deleted],
    );
  }

  /** In the order given. */
  insert(tx: Tx, rows: readonly InvitationRow[]): void {
    if (rows.length > 0) tx.send(insertSql, [JSON.stringify(rows)]);
  }

  async save(tx: Tx, { participantId, orgId, name, role, picture, state, deletedAt }: InvitationRow): Promise<void> {
    await tx.query('update scheduled_participant set name = $3, role = $4, picture = $5, state = $6, deleted = $7 where id = $1 and org_id = $2', [
      ...[participantId, orgId, name, role, picture, state, deletedAt],
    ]);
  }
}
