import { Injectable } from '@nestjs/common';
import type { SessionEndReason } from '@parley/dto';
import { Database, type Tx } from '@parley/persistence';
import { type FoundSession, SessionsRepository } from '../sessions/sessions.repository.js';
import { lockMore, sessionLock } from '../sessions/session-locks.js';
import { type EndedLease, LeasesRepository, type Leaving, type SessionPlace } from './leases.repository.js';

/** Every way in which someone ceases to be in a session, and so every way in which a session ends. One place, whoever asks. */
@Injectable()
export class LeasesService {
  constructor(
    private readonly db: Database,
    private readonly leases: LeasesRepository,
    private readonly sessions: SessionsRepository,
  ) {}

  /** Ends what is over by now: lapsed leases, and sessions to which nobody came back. The caller holds the sessions' locks. */
  async sweep(tx: Tx, sessionIds: readonly string[]): Promise<void> {
    await this.settle(tx, sessionIds, await this.leases.end(tx, sessionIds));
  }

  /** The same for sessions whose locks nobody holds yet. */
  sweepNow(places: readonly SessionPlace[]): Promise<void> {
    return this.db.write(locksOf(places), (tx) => this.sweep(tx, places.map(({ id }) => id)));
  }

  /** Ends one entry, if it has not ended. The caller holds the session's lock. */
  async endEntry(tx: Tx, sessionId: string, leaving: Required<Leaving>): Promise<void> {
    await this.settle(tx, [sessionId], await this.leases.end(tx, [sessionId], leaving));
  }

  /** Ends a session for everyone in it, if it has not ended. The caller holds its lock. */
  async endSession(tx: Tx, sessionId: string, reason: SessionEndReason): Promise<void> {
    await this.settle(tx, [sessionId], await this.leases.end(tx, [sessionId], { reason: 'session_ended' }), reason);
  }

  /** Ends every session that the subscription is in. The caller holds the subscription's lock, so it can't enter another meanwhile. */
  async endSessionsOf(tx: Tx, subscriptionId: string, reason: SessionEndReason): Promise<void> {
    const places = await this.leases.sessionsOf(tx, subscriptionId);
    await lockMore(tx, locksOf(places));
    for (const { id } of places) await this.endSession(tx, id, reason);
  }

  private async settle(tx: Tx, sessionIds: readonly string[], ended: readonly EndedLease[], reason?: SessionEndReason): Promise<void> {
    const running = await this.sessions.lockedRunning(tx, sessionIds);
    const changed = running.filter((found) => {
      const before = found.session.toRow();
      tellOf(tx, found, ended.filter(({ sessionId }) => sessionId === found.session.id), reason);
      return found.session.toRow() !== before;
    });
    await this.sessions.save(tx, changed.map(({ session }) => session));
  }
}

const locksOf = (places: readonly SessionPlace[]): string[] => places.map(({ orgId, sid }) => sessionLock(orgId, sid));

/** What the session has to tell after these leases have ended: everyone's leaving, then perhaps its own end. */
function tellOf(tx: Tx, { session, occupied, now }: FoundSession, ended: readonly EndedLease[], reason?: SessionEndReason): void {
  ended.forEach((lease) => session.leave(tx, lease));
  const last = ended.at(-1);
  if (last && !occupied) session.vacate(last.freedAt);
  if (session.isAbandoned(now)) session.endAbandoned(tx);
  else if (reason) session.end(tx, now, reason);
}
