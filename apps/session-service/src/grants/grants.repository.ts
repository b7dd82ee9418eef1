import { Injectable } from '@nestjs/common';
import { insertOutbox, prepared, type Tx } from '@parley/persistence';
import type { Asked } from '../admission/asked.js';
import type { EntryRow } from '../entries/entry.entity.js';
import type { Session } from '../sessions/session.entity.js';

/** Until when, at the latest. */
export interface Ends {
  linkEnd: Date;
  /** No heartbeat renews the lease beyond this. */
  leaseEnd: Date;
}

/** Someone who is let in. */
export interface Grant extends Ends {
  session: Session;
  entry: EntryRow;
  asked: Asked;
  seat: string;
}

export const grantSql = prepared(
  'grant',
  `
with occurrence as (
  insert into session (id, org_id, sid, state, started, sequence, terms, owner_gone_since, due_at) values ($1, $2, $3, 'open', $4, $5, $22, $23, $24)
  on conflict (id) do update set sequence = excluded.sequence, empty_since = null, owner_gone_since = excluded.owner_gone_since, due_at = excluded.due_at
), granted as (
  insert into entry (id, session_id, org_id, sid, client_id, subscription_id, name, role, peer_id, person, access_token, entered_at, lease_until, link_exp, identities, link_hash, issued_at, capabilities)
  values ($6, $1, $2, $3, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $19, $20, to_timestamp($21::float8), $26)
), leased as (
  insert into lease (entry_id, session_id, subscription_id, person, seat, lease_until, link_exp, watching) values ($6, $1, $8, $12, $17, $15, $25, $27)
)
${insertOutbox('$18')}`,
);

@Injectable()
export class GrantsRepository {
  /** Entry, lease, session and their events, in one statement. */
  save(tx: Tx, { session, entry, asked, seat, linkEnd, leaseEnd }: Grant): void {
    const { id, orgId, sid, started, sequence, terms, ownerGoneSince } = session.toRow();
    const { clientId, subscriptionId, name, role, peerId, accessToken, enteredAt, leaseUntil } = entry;
    const { person, identities, hash, issuedAt } = asked;
    tx.send(grantSql, [
      ...[id, orgId, sid, started, sequence],
      ...[entry.id, clientId, subscriptionId, name, role, peerId, person, accessToken, enteredAt, leaseUntil, linkEnd],
      ...[seat, tx.takeEvents(), identities, hash, issuedAt ?? null],
      ...[terms, ownerGoneSince, session.due()?.at ?? null, leaseEnd, asked.capabilities ?? null, asked.watching ?? false],
    ]);
  }
}
