import { type Capability, capabilitiesOf, type EntryDto, type Role } from '@parley/dto';

/** One time that someone was granted access, as a row in our names. Granted, then ended once; nothing else about it changes. */
export interface EntryRow {
  id: string;
  orgId: string;
  sessionId: string;
  sid: string;
  clientId: string;
  subscriptionId: string | null;
  name: string;
  role: Role;
  /** Null: those of the role. */
  capabilities: readonly Capability[] | null;
  peerId: string;
  enteredAt: Date;
  /** Without its signature, unless it has just been granted. */
  accessToken: string;
  leaseUntil: Date;
  endedAt: Date | null;
}

/** Of `entry e` and its lease `l`, which is there while the entry has not ended. */
export const entryColumns = `e.id, e.org_id as "orgId", e.session_id as "sessionId", e.sid, e.client_id as "clientId", e.subscription_id as "subscriptionId",
  e.name, e.role, e.capabilities, e.peer_id as "peerId", e.entered_at as "enteredAt", e.access_token as "accessToken", coalesce(l.lease_until, e.lease_until) as "leaseUntil", e.ended_at as "endedAt"`;
export const entryTables = 'entry e left join lease l on l.entry_id = e.id';

export const entryDto = ({ id, orgId, sessionId, sid, clientId, subscriptionId, ...row }: EntryRow): EntryDto => ({
  entryId: id,
  orgId,
  sessionId,
  sid,
  clientId,
  subscriptionId,
  name: row.name,
  role: row.role,
  capabilities: [...(row.capabilities ?? capabilitiesOf[row.role])],
  peerId: row.peerId,
  enteredAt: row.enteredAt.toISOString(),
  accessToken: row.accessToken,
  leaseUntil: row.leaseUntil.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});
