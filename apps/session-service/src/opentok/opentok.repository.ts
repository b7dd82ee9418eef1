import { Injectable } from '@nestjs/common';
import type { OpentokMediaMode } from '@parley/dto';
import { prepared, type Query, type Tx } from '@parley/persistence';
import { opentokSessionNotFound } from './opentok.errors.js';

/** A row of the table in our names. */
export interface OpentokSessionRow {
  id: string;
  orgId: string;
  /** Its API key stands in the id. */
  clientId: string;
  sid: string;
  mediaMode: OpentokMediaMode;
  location: string | null;
  created: Date;
}

const findSql = prepared(
  'opentok-session',
  `select id, org_id as "orgId", client_id as "clientId", sid, media_mode as "mediaMode", location, created,
     parley_now() as now
   from opentok_session where id = $1 and org_id = $2`,
);

/** What the id of a session can look like. */
const couldBeId = (text: string): boolean => /^[12]_[\w-]{1,253}$/.test(text);

@Injectable()
export class OpentokRepository {
  /** With the time at which it was found. */
  async get(db: { query: Query }, orgId: string, id: string): Promise<OpentokSessionRow & { now: Date }> {
    const [row] = couldBeId(id) ? await db.query<OpentokSessionRow & { now: Date }>(findSql, [id, orgId]) : [];
    if (!row) throw opentokSessionNotFound();
    return row;
  }

  async insert(tx: Tx, { id, orgId, clientId, sid, mediaMode, location, created }: OpentokSessionRow): Promise<void> {
    await tx.query('insert into opentok_session (id, org_id, client_id, sid, media_mode, location, created) values ($1, $2, $3, $4, $5, $6, $7)', [
      ...[id, orgId, clientId, sid, mediaMode, location, created],
    ]);
  }

  async now(db: { query: Query }): Promise<Date> {
    const [row] = await db.query<{ now: Date }>('select parley_now() as now');
    if (!row) throw new Error('the database has no clock');
    return row.now;
  }
}
