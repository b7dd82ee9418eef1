import { createHash, randomUUID } from 'node:crypto';
import { aliasJoined, capabilitiesOf, type Capability, type Role } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import { type Asked, DEFAULT_CAPACITY } from '../admission/asked.js';
import type { Alias } from '../aliases/alias.entity.js';
import type { EntryRow } from '../entries/entry.entity.js';
import type { AliasBearer } from './alias-jwt.js';

/** Somebody for whom an alias has opened. */
export interface Opened {
  alias: Alias;
  now: Date;
  shown: 'nothing' | 'passcode' | 'jwt' | 'org';
  /** Of whoever showed an alias JWT. */
  bearer?: (AliasBearer & { hash: string }) | undefined;
}

interface Around {
  /** What they call themselves. */
  name: string | undefined;
  /** False: the org is disabled. */
  active: boolean;
  liveMaxWatchers: number;
}

const nameless: Readonly<Record<Role, string>> = { owner: 'Host', guest: 'Guest' };

/** What they ask of admission. Who shows no token of their own is judged as of this moment: what they show was just looked up. */
export function askedBy(opened: Opened, { name, active, liveMaxWatchers }: Around): Asked {
  const { alias, shown, bearer } = opened;
  const { id, orgId, clientId, sid, type } = alias.toRow();
  const role: Role = shown === 'org' || bearer?.host ? 'owner' : 'guest';
  return {
    ...{ orgId, sid, clientId, active, ref: null, role },
    ...personOf(bearer?.userId, name),
    name: name ?? bearer?.userId ?? nameless[role],
    ...(type === 'live' ? inTheAudience(role, liveMaxWatchers) : { capacity: DEFAULT_CAPACITY }),
    ...termsOf(opened),
    granted: (tx, entry) => tellJoined(tx, { aliasId: id, shown, entry }),
  };
}

/** Hosts send and take seats as in any session; guests watch. */
const inTheAudience = (role: Role, liveMaxWatchers: number): Pick<Asked, 'capacity' | 'watching' | 'capabilities'> =>
  role === 'owner'
    ? { capacity: DEFAULT_CAPACITY, watching: false, capabilities: capabilitiesOf.host }
    : { capacity: liveMaxWatchers, watching: true, capabilities: capabilitiesOf.watcher };

/** From when to when what was shown works. The alias bounds it for everybody but its org. */
function termsOf({ alias, now, shown, bearer }: Opened): Pick<Asked, 'issuedAt' | 'notBefore' | 'expiresAt' | 'hash'> {
  const { uid, expires } = alias.toRow();
  const end = Math.min(expires.getTime() / 1000, bearer?.expiresAt ?? Infinity);
  return {
    issuedAt: bearer ? bearer.issuedAt : now.getTime() / 1000,
    notBefore: undefined,
    expiresAt: shown === 'org' ? undefined : end,
    hash: bearer?.hash ?? createHash('sha256').update(`alias ${uid}`).digest('base64url'),
  };
}

/** Who it is: the customer's own name for the person, else what they call themselves, else somebody of whom nothing is known. */
function personOf(userId: string | undefined, name: string | undefined): Pick<Asked, 'person' | 'identities' | 'knownByNameOnly'> {
  const person = userId !== undefined ? `sub:${userId}` : name !== undefined ? `name:${name}` : `nobody:${randomUUID()}`;
  return { person, identities: [person], knownByNameOnly: userId === undefined && name !== undefined };
}

/** An entry is granted once, so this is the first event that it tells of itself, and the last. */
function tellJoined(tx: Tx, { aliasId, shown, entry }: { aliasId: string; shown: Opened['shown']; entry: EntryRow }): void {
  const { id: entryId, orgId, sid, role } = entry;
  const capabilities: Capability[] = [...(entry.capabilities ?? capabilitiesOf[role])];
  tx.emit(aliasJoined, { aggregate: `entry/${entryId}`, sequence: 1, orgId, data: { aliasId, sid, entryId, role, capabilities, shown } });
}
