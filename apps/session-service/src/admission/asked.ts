import type { Capability, Role } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import type { EntryRow } from '../entries/entry.entity.js';
import type { SessionPlace } from '../leases/leases.repository.js';
import type { Standing } from '../schedule/standing.js';
import type { Session } from '../sessions/session.entity.js';

/** Participants of a session, unless its way in says otherwise (coviu.md, Terms). */
export const DEFAULT_CAPACITY = 5;

/** Somebody asks to be let in. Every way in is turned into this, whatever kind of credential it came with. */
export interface Asked {
  orgId: string;
  sid: string;
  clientId: string;
  /** False: the client or its org is disabled. */
  active: boolean;
  /** The subscription that it happens under; null: none is needed. */
  ref: string | null;
  name: string;
  role: Role;
  /** Who it is: equal keys are the same person. */
  person: string;
  /** Everything that the credential tells of who it is, `person` included. Who is banned by any of it is banned. */
  identities: readonly string[];
  /** Nothing but the name tells who it is, so that only so many may share a seat. */
  knownByNameOnly: boolean;
  /** Who is invited to a planned session, where the credential is an invitation: its row says who that is, and whether it still holds. */
  participantId?: string;
  /** How many people the session takes. */
  capacity: number;
  /** Only watches a `live` session: `capacity` is that of its watchers, who are counted apart from the people whom they see. */
  watching?: boolean;
  /** What it may do in the session, if that is not what the role may. */
  capabilities?: readonly Capability[];
  /** Tells in the same transaction what else there is to tell of an entry that was granted. */
  granted?: (tx: Tx, entry: EntryRow) => void;
  /** Times of the credential in epoch seconds, as far as it tells them. */
  issuedAt: number | undefined;
  notBefore: number | undefined;
  expiresAt: number | undefined;
  /** SHA-256 of the signed part of the credential. */
  hash: string;
}

/** Everything that the rules need to know, read in one statement under the locks. */
export interface Facts {
  now: Date;
  /** The running occurrence. */
  session: Session | undefined;
  /** What was set or planned for the session before anybody came. */
  standing: Standing;
  /** The open door of the subscription. */
  subscriptionId: string | null;
  /** Credentials issued before are revoked. Epoch seconds, Infinity: this one is, whenever it was issued; null: none are. */
  validFrom: number | null;
  /** The person is banned, and until when; null: until it is lifted. */
  banned: boolean;
  bannedUntil: Date | null;
  /** When the credential was first seen; null: not asked for, since it tells its own times. */
  firstUse: Date | null;
  /** Seats taken. */
  seats: number;
  /** Whether this person's seat is among them. */
  hasSeat: boolean;
  /** Entries of this person that have not ended. */
  entriesOfPerson: number;
  /** When the first lease here ends, unless a heartbeat renews it. */
  seatFreeAt: Date | null;
  /** Leases in this session that ran out and have not been ended yet. */
  lapsed: number;
  /** Entries under this subscription in other sessions. */
  elsewhere: number;
  /** When the last of those ends, unless a heartbeat renews it. */
  elsewhereUntil: Date | null;
  /** Those sessions in which such a lease ran out and has not been ended yet. */
  lapsedElsewhere: SessionPlace[];
}
