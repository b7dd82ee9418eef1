import { Injectable } from '@nestjs/common';
import { Database, shared, type Tx } from '@parley/persistence';
import type { SessionPlace } from '../leases/leases.repository.js';
import { earlier } from '../leases/lease.js';
import { LeasesService } from '../leases/leases.service.js';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { orgLock, sessionLock, subscriptionLock } from '../sessions/session-locks.js';
import { AdmissionRepository } from './admission.repository.js';
import type { Asked, Facts } from './asked.js';
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

  /** One transaction that holds everything the rules depend on: nothing of it changes between the decisions and their commit. */
  underLocks<T>(asking: readonly Asked[], decide: (tx: Tx) => Promise<T>): Promise<T> {
    const locks = asking.flatMap(({ orgId, sid, ref }) => [shared(orgLock(orgId)), sessionLock(orgId, sid), ...(ref === null ? [] : [subscriptionLock(orgId, ref)])]);
    return this.db.write(locks, decide, { waitForLocks: false });
  }

  /** The caller holds the session's lock. What is over there is ended first, then counted: whoever is gone takes no seat. */
  async find(tx: Tx, asking: readonly Asked[]): Promise<Judged[]> {
    const unseen = asking.filter((asked) => this.limits.countsFromFirstUse(asked)).map(({ hash }) => hash);
    if (unseen.length > 0) await this.repository.noteUse(tx, unseen);
    const facts = await this.repository.facts(tx, asking);
    const over = facts.find(({ session, lapsed, now }) => lapsed > 0 || session?.isDue(now));
    if (!over?.session) return this.judgedAll(asking, facts);
    await this.leases.sweep(tx, [over.session.id]);
    return this.judgedAll(asking, await this.repository.facts(tx, asking));
  }

  /** What `find` would find now. Writes nothing, holds nothing, and so promises nothing. */
  async foresee(asked: Asked, subscriptionId: string | null): Promise<Judged> {
    const facts = await this.db.read((tx) => this.repository.preview(tx, asked, subscriptionId));
    const firstUse = this.limits.countsFromFirstUse(asked) ? (facts.firstUse ?? facts.now) : null;
    return this.judged(asked, { ...facts, firstUse });
  }

  /** Ends what is over in other sessions; not inside a transaction. */
  endLapsed(places: readonly SessionPlace[]): Promise<void> {
    return this.leases.sweepNow(places);
  }

  private judgedAll(asking: readonly Asked[], facts: readonly Facts[]): Judged[] {
    return facts.flatMap((each, n) => asking[n] ? [this.judged(asking[n], each)] : []);
  }

  /** With what was planned: the link and the session's window bound each other, and an invitation says who comes as it is now. */
  private judged(asked: Asked, facts: Judged['facts']): Judged {
    const { opens, closes, invitation } = facts.standing;
    const linkEnd = this.limits.endOf(asked, facts.firstUse);
    const notBefore = opens === null ? asked.notBefore : Math.max(asked.notBefore ?? -Infinity, opens.getTime() / 1000);
    const { name, role } = invitation ?? asked;
    return { asked: { ...asked, notBefore, name, role }, facts, end: linkEnd ? earlier(linkEnd, closes) : closes };
  }
}
