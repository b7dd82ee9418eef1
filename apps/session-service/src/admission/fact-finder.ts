import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@parley/persistence';
import type { SessionPlace } from '../leases/leases.repository.js';
import { LeasesService } from '../leases/leases.service.js';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { sessionLock, subscriptionLock } from '../sessions/session-locks.js';
import { AdmissionRepository } from './admission.repository.js';
import type { Asked } from './asked.js';
import type { Judged } from './rules.js';

/** Finds out what the rules judge. */
@Injectable()
export class FactFinder {
  constructor(
    private readonly db: Database,
    private readonly repository: AdmissionRepository,
    private readonly leases: LeasesService,
    private readonly limits: AdmissionLimits,
  ) {}

  /** One transaction that holds everything the rules depend on: nothing of it changes between the decision and its commit. */
  underLocks<T>({ orgId, sid, ref }: Asked, decide: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.write([...(ref === null ? [] : [subscriptionLock(orgId, ref)]), sessionLock(orgId, sid)], decide);
  }

  /** The caller holds the session's lock. What is over there is ended first, then counted: whoever is gone takes no seat. */
  async find(tx: Tx, asked: Asked): Promise<Judged> {
    if (this.limits.countsFromFirstUse(asked)) await this.repository.noteUse(tx, asked.hash);
    const facts = await this.repository.facts(tx, asked);
    const { session, lapsed, now } = facts;
    if (!session || (lapsed === 0 && !session.isAbandoned(now))) return this.judged(asked, facts);
    await this.leases.sweep(tx, [session.id]);
    return this.judged(asked, await this.repository.facts(tx, asked));
  }

  /** Ends what is over in other sessions; not inside a transaction. */
  endLapsed(places: readonly SessionPlace[]): Promise<void> {
    return this.leases.sweepNow(places);
  }

  private judged(asked: Asked, facts: Judged['facts']): Judged {
    return { asked, facts, end: this.limits.endOf(asked, facts.firstUse) };
  }
}
