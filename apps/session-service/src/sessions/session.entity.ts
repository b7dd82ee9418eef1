import {
  type DataInputOf, entryGranted, type EventContract, participantLeft, type Role, roleChanged, type SessionDto, sessionEnded, type SessionEndReason, sessionStarted,
} from '@parley/dto';
import type { Tx } from '@parley/persistence';
import type { EntryRow } from '../entries/entry.entity.js';
import type { EndedLease } from '../leases/leases.repository.js';
import type { Terms } from '../settings/terms.js';

/** A row of the table, its columns in our names. */
export interface SessionRow {
  id: string;
  orgId: string;
  sid: string;
  state: SessionDto['state'];
  started: Date;
  ended: Date | null;
  endReason: SessionEndReason | null;
  /** Since when nobody is in it; null while somebody is. */
  emptySince: Date | null;
  /** Whether the last one left or was removed, rather than vanished. */
  lastLeft: boolean;
  /** Since when no owner is in it; null while one is, or none ever was. */
  ownerGoneSince: Date | null;
  terms: Terms;
  /** How many events it has told. */
  sequence: number;
}

/** An end that comes by itself. */
export interface Due {
  at: Date;
  reason: SessionEndReason;
}

const after = (at: Date | null, seconds: number | null): Date | undefined => (at && seconds !== null ? new Date(at.getTime() + seconds * 1000) : undefined);

/** One occurrence of a session. It tells its own events, so that they are counted without gaps; its lock must be held. */
export class Session {
  constructor(private row: SessionRow) {}

  static begin(place: { id: string; orgId: string; sid: string }, at: Date, terms: Terms): Session {
    const nobodyYet = { emptySince: null, lastLeft: false, ownerGoneSince: null };
    return new Session({ ...place, ...nobodyYet, state: 'open', started: at, ended: null, endReason: null, terms, sequence: 0 });
  }

  get id(): string {
    return this.row.id;
  }

  get isNew(): boolean {
    return this.row.sequence === 0;
  }

  get isOver(): boolean {
    return this.row.ended !== null;
  }

  /** When it ends whoever stays: nobody's lease runs longer. */
  get hardEnd(): Date | null {
    const { started, terms } = this.row;
    const ends = [after(started, terms.maxDuration), terms.closes === null ? undefined : new Date(terms.closes)].filter((end) => end !== undefined);
    return ends.length === 0 ? null : new Date(Math.min(...ends.map(Number)));
  }

  /** Its next end, if nobody comes, stays or changes anything. */
  due(): Due | undefined {
    const { started, terms, emptySince, lastLeft, ownerGoneSince, ended } = this.row;
    if (ended) return undefined;
    const byLeaving = lastLeft && terms.lastLeftTimeout !== null;
    const ends: [Date | undefined, SessionEndReason][] = [
      [terms.closes === null ? undefined : new Date(terms.closes), 'window_closed'],
      [after(started, terms.maxDuration), 'max_duration'],
      [after(emptySince, byLeaving ? terms.lastLeftTimeout : terms.emptyTimeout), byLeaving ? 'last_left' : 'empty'],
      [after(ownerGoneSince, terms.ownerGoneTimeout), 'owner_gone'],
    ];
    const known = ends.flatMap(([at, reason]) => (at ? [{ at, reason }] : []));
    return known.sort((one, other) => one.at.getTime() - other.at.getTime())[0];
  }

  isDue(now: Date): boolean {
    const due = this.due();
    return due !== undefined && due.at <= now;
  }

  /** Someone enters; the first one begins it. */
  enter(tx: Tx, entry: EntryRow): void {
    if (this.isNew) this.tell(tx, sessionStarted, { startedAt: this.row.started.toISOString() });
    this.row = { ...this.row, emptySince: null, ...(entry.role === 'owner' ? { ownerGoneSince: null } : {}) };
    const { id: entryId, clientId, subscriptionId, name, role, enteredAt } = entry;
    this.tell(tx, entryGranted, { entryId, clientId, subscriptionId, name, role, enteredAt: enteredAt.toISOString() });
  }

  leave(tx: Tx, { entryId, leftAt, reason, how }: EndedLease): void {
    this.tell(tx, participantLeft, { entryId, leftAt: leftAt.toISOString(), reason, how });
  }

  /** Someone who is in it has another role. */
  changeRole(tx: Tx, entryId: string, change: { role: Role; changedAt: Date }): void {
    this.tell(tx, roleChanged, { entryId, role: change.role, changedAt: change.changedAt.toISOString() });
  }

  /** The last seat became free. */
  vacate(at: Date, lastLeft: boolean): void {
    this.row = { ...this.row, emptySince: at, lastLeft };
  }

  /** The last owner went, or (undefined) one is there. */
  noteOwner(goneSince: Date | undefined): void {
    if ((goneSince === undefined) !== (this.row.ownerGoneSince === null)) this.row = { ...this.row, ownerGoneSince: goneSince ?? null };
  }

  /** Other limits hold from now on. */
  accept(terms: Terms): void {
    this.row = { ...this.row, terms };
  }

  end(tx: Tx, at: Date, reason: SessionEndReason): void {
    this.row = { ...this.row, state: 'ended', ended: at, endReason: reason };
    this.tell(tx, sessionEnded, { startedAt: this.row.started.toISOString(), endedAt: at.toISOString(), reason });
  }

  toRow(): SessionRow {
    return this.row;
  }

  toDto(participants: number): SessionDto {
    const { id, sid, orgId, state, started, ended, endReason } = this.row;
    return { sessionId: id, sid, orgId, state, started: started.toISOString(), ended: ended?.toISOString() ?? null, endReason, participants };
  }

  private tell<C extends EventContract>(tx: Tx, contract: C, data: Omit<DataInputOf<C>, 'sessionId' | 'sid'>): void {
    const { id, orgId, sid } = this.row;
    this.row = { ...this.row, sequence: this.row.sequence + 1 };
    tx.emit<EventContract>(contract, { aggregate: `session/${id}`, sequence: this.row.sequence, orgId, data: { sessionId: id, sid, ...data } });
  }
}
