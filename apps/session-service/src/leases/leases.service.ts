import { Injectable } from '@nestjs/common';
import type { HowKnown, Role, SessionEndReason } from '@parley/dto';
import { Database, type Tx } from '@parley/persistence';
import type { Session } from '../sessions/session.entity.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { lockMore, orgLock, sessionLock } from '../sessions/session-locks.js';
import type { Terms } from '../settings/terms.js';
import { LiveEntriesRepository, type LiveMatch, MATCHES_AT_ONCE } from './live-entries.repository.js';
import { Occupancy } from './occupancy.js';
import { type EndedLease, LeasesRepository, type Leaving, type SessionPlace } from './leases.repository.js';

/** Every way in which someone ceases to be in a session, and so every way in which a session ends. One place, whoever asks. */
@Injectable()
export class LeasesService {
  constructor(
    private readonly db: Database,
    private readonly leases: LeasesRepository,
    private readonly sessions: SessionsRepository,
    private readonly live: LiveEntriesRepository,
  ) {}

  /** Ends what is over by now: lapsed leases, and sessions that have reached a limit. The caller holds the sessions' locks. */
  async sweep(tx: Tx, sessionIds: readonly string[]): Promise<void> {
    await this.settle(tx, sessionIds);
  }

  /** The same for sessions whose locks nobody holds yet. */
  sweepNow(places: readonly SessionPlace[]): Promise<void> {
    return this.db.write(locksOf(places), (tx) => this.sweep(tx, places.map(({ id }) => id)));
  }

  /** Ends one entry, if it has not ended. The caller holds the session's lock. */
  async endEntry(tx: Tx, sessionId: string, { entryId, reason }: { entryId: string; reason: Leaving['reason'] }): Promise<void> {
    await this.settle(tx, [sessionId], (occupancy, now) => occupancy.leave(now, { entryIds: [entryId], reason }));
  }

  /**
   * Ends live entries of an org, at most `MATCHES_AT_ONCE`. The caller holds the org's lock alone, and has made sure that nobody enters
   * who would match. @returns how many were found
   */
  async endMatching(tx: Tx, { match, reason }: { match: LiveMatch; reason: Leaving['reason'] }): Promise<number> {
    const found = await this.live.find(tx, match);
    await lockMore(tx, locksOf(found));
    const sessionIds = [...new Set(found.map(({ id }) => id))];
    await this.settle(tx, sessionIds, (occupancy, now) => occupancy.leave(now, { entryIds: found.map(({ entryId }) => entryId), reason }));
    return found.length;
  }

  /** All of them, in as many transactions as it takes. Not inside a transaction; by now nobody may enter who would match. */
  async endAllMatching(what: { match: LiveMatch; reason: Leaving['reason'] }): Promise<void> {
    let ended: number;
    do ended = await this.db.write([orgLock(what.match.orgId)], (tx) => this.endMatching(tx, what));
    while (ended === MATCHES_AT_ONCE);
  }

  /** How many live entries of an org match. */
  countMatching(tx: Tx, match: LiveMatch): Promise<number> {
    return this.live.count(tx, match);
  }

  /** Ends a session for everyone in it, if it has not ended. The caller holds its lock. */
  async endSession(tx: Tx, sessionId: string, reason: SessionEndReason, how: HowKnown = 'declared'): Promise<void> {
    await this.settle(tx, [sessionId], (occupancy, now) => occupancy.endSession(now, reason, how));
  }

  /** Ends every session that the subscription is in. The caller holds the subscription's lock, so it can't enter another meanwhile. */
  async endSessionsOf(tx: Tx, subscriptionId: string, reason: SessionEndReason): Promise<void> {
    const places = await this.leases.sessionsOf(tx, subscriptionId);
    await lockMore(tx, locksOf(places));
    for (const { id } of places) await this.endSession(tx, id, reason);
  }

  /** Other limits hold for a running session from now on. The caller holds its lock. */
  async changeTerms(tx: Tx, sessionId: string, terms: Terms): Promise<void> {
    let end: Date | null = null;
    await this.settle(tx, [sessionId], ({ session }) => {
      session.accept(terms);
      end = session.hardEnd;
    });
    await this.leases.bound(tx, sessionId, end);
  }

  /** Those who are in it have another role. The caller holds the lock of the one session that the match names. */
  async changeRoleOf(tx: Tx, { match, role }: { match: LiveMatch & { sid: string }; role: Role }): Promise<void> {
    const found = await this.live.find(tx, match);
    const [first] = found;
    if (first) await this.changeRole(tx, first.id, { entryIds: found.map(({ entryId }) => entryId), role });
  }

  /** Some who are in a running session have another role, as far as it is another one. The caller holds the session's lock. */
  async changeRole(tx: Tx, sessionId: string, change: { entryIds: readonly string[]; role: Role }): Promise<void> {
    await this.settle(tx, [sessionId], (occupancy, now) => occupancy.changeRole(now, change));
    await this.leases.setRole(tx, change);
  }

  /** Lets the time until now pass in the sessions, then does what is to be done, as far as they have not ended. */
  private async settle(tx: Tx, sessionIds: readonly string[], act?: (occupancy: Occupancy, now: Date) => void): Promise<void> {
    const held = await this.leases.lock(tx, sessionIds);
    const ended: EndedLease[] = [];
    const changed: Session[] = [];
    for (const { session, now } of await this.sessions.lockedRunning(tx, sessionIds)) {
      const before = session.toRow();
      const occupancy = new Occupancy(tx, session, held.filter(({ sessionId }) => sessionId === session.id));
      occupancy.passUntil(now);
      if (!session.isOver) act?.(occupancy, now);
      occupancy.passUntil(now);
      ended.push(...occupancy.ended);
      if (session.toRow() !== before) changed.push(session);
    }
    await this.sessions.save(tx, changed, ended);
  }
}

const locksOf = (places: readonly SessionPlace[]): string[] => places.map(({ orgId, sid }) => sessionLock(orgId, sid));
