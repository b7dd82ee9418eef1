import type { HowKnown, Role, SessionEndReason } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import type { Session } from '../sessions/session.entity.js';
import type { EndedLease, Leaving } from './leases.repository.js';

/** A lease that has not been ended, run out or not. Its row is locked. */
export interface HeldLease {
  entryId: string;
  sessionId: string;
  role: Role;
  enteredAt: Date;
  lastBeat: Date | null;
  leaseUntil: Date;
}

/**
 * Who is in one session while time passes. Everything happens in the order in which it was due, however late somebody looks: a lease
 * that ran out is over at its last proof of life, a session at the moment of its limit, and whoever was in it then leaves at that moment.
 */
export class Occupancy {
  readonly ended: EndedLease[] = [];
  private held: HeldLease[];

  constructor(
    private readonly tx: Tx,
    readonly session: Session,
    held: readonly HeldLease[],
  ) {
    this.held = [...held].sort((one, other) => one.leaseUntil.getTime() - other.leaseUntil.getTime() || (one.entryId < other.entryId ? -1 : 1));
  }

  /** Ends whatever is over by now. */
  passUntil(now: Date): void {
    for (;;) {
      const [next] = this.held;
      const due = this.session.due();
      if (due && due.at <= now && (!next || due.at <= next.leaseUntil)) return this.endSession(due.at, due.reason);
      if (!next || next.leaseUntil > now) return;
      this.lapse(next);
    }
  }

  /** Whoever leaves, if they are still in it. */
  leave(now: Date, { entryIds, reason }: Leaving): void {
    for (const lease of this.held.filter(({ entryId }) => entryIds.includes(entryId))) this.release(lease, { leftAt: now, freedAt: now, reason, how: 'declared' });
  }

  /** Those who have the role already are passed over. */
  changeRole(now: Date, { entryIds, role }: { entryIds: readonly string[]; role: Role }): void {
    const others = this.held.filter((lease) => entryIds.includes(lease.entryId) && lease.role !== role);
    for (const { entryId } of others) this.session.changeRole(this.tx, entryId, { role, changedAt: now });
    this.held = this.held.map((lease) => (others.includes(lease) ? { ...lease, role } : lease));
    if (others.length > 0) this.session.noteOwner(this.hasOwner ? undefined : now);
  }

  /** Nothing happens to a session that is over. Its own limits were declared by whoever set them. */
  endSession(at: Date, reason: SessionEndReason, how: HowKnown = 'declared'): void {
    if (this.session.isOver) return;
    for (const lease of [...this.held]) this.release(lease, { leftAt: at, freedAt: at, reason: 'session_ended', how });
    this.session.end(this.tx, at, reason);
  }

  /** Its last proof of life is its last heartbeat, or the entering. */
  private lapse(lease: HeldLease): void {
    this.release(lease, { leftAt: lease.lastBeat ?? lease.enteredAt, freedAt: lease.leaseUntil, reason: 'lapsed', how: 'inferred' });
  }

  private release({ entryId, sessionId, role }: HeldLease, end: Omit<EndedLease, 'entryId' | 'sessionId'>): void {
    const over = { entryId, sessionId, ...end };
    this.ended.push(over);
    this.held = this.held.filter((lease) => lease.entryId !== entryId);
    this.session.leave(this.tx, over);
    if (role === 'owner' && !this.hasOwner) this.session.noteOwner(end.freedAt);
    if (this.held.length === 0) this.session.vacate(end.freedAt, end.reason === 'left' || end.reason === 'removed');
  }

  private get hasOwner(): boolean {
    return this.held.some(({ role }) => role === 'owner');
  }
}
