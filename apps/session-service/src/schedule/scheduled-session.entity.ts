import {
  callSid, type changeScheduledSession, type DataInputOf, type EventContract, invitationChanged, invitationWithdrawn, participantInvited, type PlacedCallDto, type RequestOf, type ScheduledSessionDto, type scheduleSession, type SessionDto, sessionCancelled,
  sessionRescheduled, sessionScheduled,
} from '@parley/dto';
import { type Tx, uuidv7 } from '@parley/persistence';
import type { InvitationRow } from '../participants/invitation.entity.js';
import { sessionCancelledAlready, sessionFinished, sessionStartedAlready, sessionTimes } from './schedule.errors.js';

/** A row of the table, its columns in our names. */
export interface PlanRow {
  sid: string;
  orgId: string;
  clientId: string;
  name: string | null;
  picture: string | null;
  startsAt: Date;
  endsAt: Date;
  rfc1123: boolean;
  /** Of a call: when it was over. */
  cancelledAt: Date | null;
  /** What an application placed for a user (click-to-call.md), not what the later API planned. */
  isCall: boolean;
  /** How many events it has told. */
  sequence: number;
}

type Plan = Omit<RequestOf<typeof scheduleSession>, 'participants'>;
type PlanChange = Omit<RequestOf<typeof changeScheduledSession>, 'sid'>;

/** What is to be known of a call for people to enter it. */
export type CallPlan = Pick<PlacedCallDto, 'orgId' | 'clientId' | 'callId' | 'username' | 'number' | 'placedAt' | 'expiresAt' | 'endedAt'>;

/** Longer no session is planned (coviu.md, "The later Coviu sessions API"). Milliseconds. */
const LONGEST_MS = 12 * 3_600_000;

/** What is known of a planned session without those who are invited. */
export type PlanDto = Omit<ScheduledSessionDto, 'participants'>;

/** A session that is planned. It tells its own events, and those about who is invited; its lock must be held. */
export class ScheduledSession {
  constructor(private row: PlanRow) {}

  static plan(tx: Tx, owner: { orgId: string; clientId: string }, { name, picture, startsAt, endsAt, rfc1123 }: Plan, now: Date): ScheduledSession {
    const row = { ...owner, sid: uuidv7(), name: name ?? null, picture: picture ?? null, startsAt: new Date(startsAt), endsAt: new Date(endsAt), rfc1123, cancelledAt: null, isCall: false, sequence: 0 };
    refuseTimes(row, now, true);
    const session = new ScheduledSession(row);
    session.tell(tx, sessionScheduled, { ...session.told, clientId: owner.clientId });
    return session;
  }

  /** A call that was placed: it may be entered until it is over. Its own service tells its events. */
  static ofCall({ orgId, clientId, callId, placedAt, expiresAt, endedAt }: CallPlan): ScheduledSession {
    const times = { startsAt: new Date(placedAt), endsAt: new Date(expiresAt), cancelledAt: endedAt === null ? null : new Date(endedAt) };
    return new ScheduledSession({ orgId, clientId, sid: callSid(callId), ...times, name: null, picture: null, rfc1123: false, isCall: true, sequence: 0 });
  }

  get sid(): string {
    return this.row.sid;
  }

  /** @throws `session.cancelled` */
  requireKept(): this {
    if (this.row.cancelledAt) throw sessionCancelledAlready();
    return this;
  }

  /** @throws `session.cancelled`, `session.finished` */
  requireOpen(now: Date): this {
    this.requireKept();
    if (this.row.endsAt <= now) throw sessionFinished();
    return this;
  }

  /** What is not mentioned stays. The same start again is no new one. */
  change(tx: Tx, { startsAt, endsAt, ...change }: PlanChange, now: Date): void {
    const { row } = this.requireOpen(now);
    const moved = { startsAt: startsAt ? new Date(startsAt) : row.startsAt, endsAt: endsAt ? new Date(endsAt) : row.endsAt };
    refuseTimes(moved, now, moved.startsAt.getTime() !== row.startsAt.getTime());
    const { name = row.name, picture = row.picture, rfc1123 = row.rfc1123 } = change;
    this.row = { ...row, ...moved, name, picture, rfc1123 };
    this.tell(tx, sessionRescheduled, this.told);
  }

  /** The call is over; later news of it changes nothing. */
  endCall(at: Date): void {
    this.row = { ...this.row, cancelledAt: this.row.cancelledAt ?? at };
  }

  cancel(tx: Tx, now: Date): void {
    this.requireOpen(now);
    if (this.row.startsAt <= now) throw sessionStartedAlready();
    this.row = { ...this.row, cancelledAt: now };
    this.tell(tx, sessionCancelled, { cancelledAt: now.toISOString() });
  }

  invite(tx: Tx, { participantId, clientId, name, role }: InvitationRow): void {
    this.tell(tx, participantInvited, { participantId, clientId, name, role });
  }

  changeInvitation(tx: Tx, { participantId, clientId, name, role }: InvitationRow): void {
    this.tell(tx, invitationChanged, { participantId, clientId, name, role });
  }

  withdraw(tx: Tx, { participantId }: InvitationRow, now: Date): void {
    this.tell(tx, invitationWithdrawn, { participantId, withdrawnAt: now.toISOString() });
  }

  /** As the session that nobody has been in yet. */
  toSession(now: Date): SessionDto {
    const { sid, orgId, startsAt, endsAt, cancelledAt, isCall } = this.row;
    const over = cancelledAt ?? (endsAt <= now ? endsAt : null);
    const state = this.isCancelled ? 'cancelled' : over ? 'ended' : 'scheduled';
    const endReason = cancelledAt ? (isCall ? 'ended' : 'cancelled') : over ? 'window_closed' : null;
    return { sessionId: sid, sid, orgId, state, started: startsAt.toISOString(), ended: over?.toISOString() ?? null, endReason, participants: 0 };
  }

  get isCall(): boolean {
    return this.row.isCall;
  }

  /** A call that is over has taken place. */
  get isCancelled(): boolean {
    return this.row.cancelledAt !== null && !this.row.isCall;
  }

  toRow(): PlanRow {
    return this.row;
  }

  toDto(): PlanDto {
    const { sid, orgId, clientId, rfc1123, cancelledAt, picture } = this.row;
    return { ...this.told, sid, orgId, clientId, rfc1123, picture, cancelledAt: cancelledAt?.toISOString() ?? null };
  }

  private get told(): { name: string | null; startsAt: string; endsAt: string } {
    const { name, startsAt, endsAt } = this.row;
    return { name, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
  }

  private tell<C extends EventContract>(tx: Tx, contract: C, data: Omit<DataInputOf<C>, 'sid'>): void {
    const { sid, orgId } = this.row;
    this.row = { ...this.row, sequence: this.row.sequence + 1 };
    tx.emit<EventContract>(contract, { aggregate: `scheduled-session/${sid}`, sequence: this.row.sequence, orgId, data: { sid, ...data } });
  }
}

function refuseTimes({ startsAt, endsAt }: Pick<PlanRow, 'startsAt' | 'endsAt'>, now: Date, startIsNew: boolean): void {
  if (startIsNew && startsAt <= now) throw sessionTimes('start_time must be in the future.');
  if (endsAt <= startsAt) throw sessionTimes('end_time must be after start_time.');
  if (endsAt <= now) throw sessionTimes('end_time must be in the future.');
  if (endsAt.getTime() - startsAt.getTime() > LONGEST_MS) throw sessionTimes('A session is at most 12 hours long.');
}
