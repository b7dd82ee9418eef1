import { type BridgeState, callEnded, type CallEndReason, callPlaced, callSid, type CallState, callStateChanged, type PlacedCallDto, type UserCallDto } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import { type FinalState, finalStateOf, isFurther, isOngoing, type OngoingState, requireFollows } from './call-states.js';

/** A row of the table, its columns in our names. */
export interface PlacedCallRow {
  id: string;
  orgId: string;
  userId: string;
  username: string;
  clientId: string;
  number: string;
  token: string;
  state: CallState;
  autoEnd: boolean;
  placed: Date;
  answered: Date | null;
  expires: Date;
  ended: Date | null;
  endReason: CallEndReason | null;
  /** Of its latest event. */
  sequence: number;
}

export const callColumns = `c.id, c.org_id as "orgId", c.user_id as "userId", c.username, c.client_id as "clientId", c.number, c.token, c.state, c.auto_end as "autoEnd",
  c.placed, c.answered, c.expires, c.ended, c.end_reason as "endReason", c.sequence`;

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
const later = (one: Date, other: Date): Date => (one > other ? one : other);
const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** A call that an application placed for a user, at one moment. It is over when its time is, whoever has noticed. */
export class PlacedCall {
  constructor(
    private row: PlacedCallRow,
    private readonly now: Date,
  ) {}

  static place(tx: Tx, row: Omit<PlacedCallRow, 'state' | 'answered' | 'ended' | 'endReason' | 'sequence'>): PlacedCall {
    const call = new PlacedCall({ ...row, state: 'queued', answered: null, ended: null, endReason: null, sequence: 0 }, row.placed);
    const { username, clientId, number, autoEnd, placed, expires } = row;
    call.tell(tx, callPlaced, { username, clientId, number, autoEnd, placedAt: placed.toISOString(), expiresAt: expires.toISOString() });
    return call;
  }

  /** What the table is to hold. */
  get state(): Readonly<PlacedCallRow> {
    return this.row;
  }

  get isOngoing(): boolean {
    return isOngoing(this.row.state);
  }

  /** Ends it if its time is over: at the moment at which it was. */
  settle(tx: Tx): void {
    if (this.isOngoing && this.row.expires <= this.now) this.end(tx, 'expired', { at: this.row.expires });
  }

  /** Ends it unless it has ended. `at` is now, unless it is known to have been earlier. */
  end(tx: Tx, reason: CallEndReason, { at = this.now, state = finalStateOf(this.row.answered !== null, reason) }: { at?: Date; state?: FinalState } = {}): void {
    if (!this.isOngoing) return;
    const { placed, answered } = this.row;
    const ended = later(earlier(at, this.now), answered ?? placed);
    this.row = { ...this.row, state, ended, endReason: reason };
    const times = { placedAt: placed.toISOString(), answeredAt: answered?.toISOString() ?? null, endedAt: ended.toISOString() };
    this.tell(tx, callEnded, { state, ...times, reason });
  }

  /** What a bridge has seen. The same twice changes nothing. @throws `call.ended`, `call.report_late` */
  report(tx: Tx, next: BridgeState): void {
    if (next === this.row.state) return;
    requireFollows(this.row.state, next);
    if (isOngoing(next)) this.move(tx, next, this.now);
    else this.end(tx, 'bridge', { state: next });
  }

  /** The people in the session have brought it as far as this, at that moment. */
  advance(tx: Tx, next: OngoingState, at: Date): void {
    if (isOngoing(this.row.state) && isFurther(next, this.row.state)) this.move(tx, next, later(earlier(at, this.now), this.row.placed));
  }

  private move(tx: Tx, state: OngoingState, at: Date): void {
    this.row = { ...this.row, state, answered: state === 'in-progress' ? at : this.row.answered };
    this.tell(tx, callStateChanged, { state, at: at.toISOString() });
  }

  toDto(): PlacedCallDto {
    const { id: callId, orgId, userId, username, clientId, number, autoEnd, placed, answered, expires } = this.row;
    const { state, ended, endReason } = this.outcome;
    const times = { placedAt: placed.toISOString(), answeredAt: answered?.toISOString() ?? null, expiresAt: expires.toISOString(), endedAt: ended?.toISOString() ?? null };
    const durationSeconds = Math.max(0, seconds(ended ?? this.now) - seconds(placed));
    return { callId, orgId, userId, username, clientId, number, state, autoEnd, ...times, endReason, durationSeconds };
  }

  toUserDto(): UserCallDto {
    return { ...this.toDto(), token: this.row.token };
  }

  /** As it is, also where nobody has ended yet what is over. */
  private get outcome(): Pick<PlacedCallRow, 'state' | 'ended' | 'endReason'> {
    if (!this.isOngoing || this.row.expires > this.now) return this.row;
    return { state: finalStateOf(this.row.answered !== null, 'expired'), ended: this.row.expires, endReason: 'expired' };
  }

  private tell(tx: Tx, contract: typeof callPlaced | typeof callStateChanged | typeof callEnded, facts: object): void {
    const { id, orgId, userId, sequence } = this.row;
    this.row = { ...this.row, sequence: sequence + 1 };
    const data = { callId: id, sid: callSid(id), userId, ...facts };
    tx.emit(contract, { aggregate: `call/${id}`, sequence: sequence + 1, orgId, data: contract.data.parse(data) });
  }
}
