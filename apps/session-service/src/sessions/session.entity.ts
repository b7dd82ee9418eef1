import { type DataInputOf, entryGranted, type EventContract, participantLeft, type SessionDto, sessionEnded, type SessionEndReason, sessionStarted } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import type { EntryRow } from '../entries/entry.entity.js';
import type { EndedLease } from '../leases/leases.repository.js';

/** An occurrence ends when nobody has been in it for so long (coviu.md, "When is it over?"). Milliseconds. */
const EMPTY_FOR_MS = 60_000;

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
  /** How many events it has told. */
  sequence: number;
}

/** One occurrence of a session. It tells its own events, so that they are counted without gaps; its lock must be held. */
export class Session {
  constructor(private row: SessionRow) {}

  static begin(place: { id: string; orgId: string; sid: string }, at: Date): Session {
    return new Session({ ...place, state: 'open', started: at, ended: null, endReason: null, emptySince: null, sequence: 0 });
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

  /** Nobody came back in time. */
  isAbandoned(now: Date): boolean {
    const end = this.emptyUntil();
    return !this.isOver && end !== undefined && end <= now;
  }

  /** Someone enters; the first one begins it. */
  enter(tx: Tx, entry: EntryRow): void {
    if (this.isNew) this.tell(tx, sessionStarted, { startedAt: this.row.started.toISOString() });
    this.row = { ...this.row, emptySince: null };
    const { id: entryId, clientId, subscriptionId, name, role, enteredAt } = entry;
    this.tell(tx, entryGranted, { entryId, clientId, subscriptionId, name, role, enteredAt: enteredAt.toISOString() });
  }

  leave(tx: Tx, { entryId, leftAt, reason, how }: EndedLease): void {
    this.tell(tx, participantLeft, { entryId, leftAt: leftAt.toISOString(), reason, how });
  }

  /** The last seat became free. */
  vacate(at: Date): void {
    this.row = { ...this.row, emptySince: at };
  }

  /** Over because nobody came back. The end is a matter of the rule, not of when someone looked. */
  endAbandoned(tx: Tx): void {
    this.end(tx, this.emptyUntil() ?? this.row.started, 'empty');
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

  private emptyUntil(): Date | undefined {
    return this.row.emptySince ? new Date(this.row.emptySince.getTime() + EMPTY_FOR_MS) : undefined;
  }

  private tell<C extends EventContract>(tx: Tx, contract: C, data: Omit<DataInputOf<C>, 'sessionId' | 'sid'>): void {
    const { id, orgId, sid } = this.row;
    this.row = { ...this.row, sequence: this.row.sequence + 1 };
    tx.emit<EventContract>(contract, { aggregate: `session/${id}`, sequence: this.row.sequence, orgId, data: { sessionId: id, sid, ...data } });
  }
}
