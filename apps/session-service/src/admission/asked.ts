import type { Role } from '@parley/dto';
import type { SessionPlace } from '../leases/leases.repository.js';
import type { Session } from '../sessions/session.entity.js';

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
  /** Nothing but the name tells who it is, so that only so many may share a seat. */
  knownByNameOnly: boolean;
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
  /** The open door of the subscription. */
  subscriptionId: string | null;
  /** Credentials issued before are revoked. Epoch seconds; null: none are. */
  validFrom: number | null;
  /** When the credential was first seen; null: not asked for, since it tells its own times. */
  firstUse: Date | null;
  /** Seats taken. */
  seats: number;
  /** Whether this person's seat is among them. */
  hasSeat: boolean;
  /** Entries of this person that have not ended. */
  entriesOfPerson: number;
  /** Leases in this session that ran out and have not been ended yet. */
  lapsed: number;
  /** Entries under this subscription in other sessions. */
  elsewhere: number;
  /** Those sessions in which such a lease ran out and has not been ended yet. */
  lapsedElsewhere: SessionPlace[];
}
