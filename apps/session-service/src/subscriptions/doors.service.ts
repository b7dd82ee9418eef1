import { Injectable } from '@nestjs/common';
import { findActiveSubscription } from '@parley/dto';
import { Database, type Tx } from '@parley/persistence';
import { RpcClient } from '@parley/rpc';
import { LeasesService } from '../leases/leases.service.js';
import { lockMore, subscriptionLock } from '../sessions/session-locks.js';
import { type Closing, type Door, DoorsRepository } from './doors.repository.js';

/** Which subscriptions let people in. The truth is subscription-service's; here it stands where admission can lock it. */
@Injectable()
export class DoorsService {
  constructor(
    private readonly db: Database,
    private readonly rpc: RpcClient,
    private readonly doors: DoorsRepository,
    private readonly leases: LeasesService,
  ) {}

  /** Asks the owner; not inside a transaction. @throws `unavailable` if it can't be asked */
  async ask(orgId: string, ref: string): Promise<Door | null> {
    const { subscription } = await this.rpc.call(findActiveSubscription, { orgId, ref });
    return subscription && { orgId, ref, subscriptionId: subscription.subscriptionId, version: subscription.version, open: true };
  }

  open(tx: Tx, door: Omit<Door, 'open'>): void {
    this.doors.save(tx, { ...door, open: true });
  }

  /** Once this has committed no admission for the subscription follows: each one reads the door under the same lock. */
  close(closing: Closing): Promise<void> {
    return this.db.write([subscriptionLock(closing.orgId, closing.ref)], (tx) => this.closeLocked(tx, closing));
  }

  /** The same inside a transaction that exists, and may hold other locks: so what has been done already takes none. */
  async closeIn(tx: Tx, closing: Closing): Promise<void> {
    if (await this.doors.isDone(tx, closing)) return;
    await lockMore(tx, [subscriptionLock(closing.orgId, closing.ref)]);
    await this.closeLocked(tx, closing);
  }

  /** A closed subscription stays closed, so to end its sessions again, late or twice, ends nothing that began since. */
  private async closeLocked(tx: Tx, { endSessions, ...door }: Closing): Promise<void> {
    this.doors.save(tx, { ...door, open: false });
    if (endSessions) await this.leases.endSessionsOf(tx, door.subscriptionId, 'subscription_removed');
  }
}
