import { Injectable } from '@nestjs/common';
import type { HowKnown, SessionEndReason } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import { LeasesService } from '../leases/leases.service.js';
import { standingOf } from '../schedule/standing.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SettingsRepository } from './settings.repository.js';

interface Place {
  orgId: string;
  sid: string;
}

/** Makes what was set or planned hold for what runs. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly settings: SettingsRepository,
    private readonly sessions: SessionsRepository,
    private readonly leases: LeasesService,
  ) {}

  /** The caller holds the session's lock. */
  async apply(tx: Tx, orgId: string, sid: string): Promise<void> {
    const running = await this.sessions.findRunning(tx, orgId, sid);
    if (!running) return;
    const { terms } = standingOf(await this.settings.standing(tx, orgId, sid));
    await this.leases.changeTerms(tx, running, terms);
  }

  /** What runs is over, or does not take place. The caller holds the session's lock. */
  async end(tx: Tx, { orgId, sid }: Place, reason: SessionEndReason, how: HowKnown): Promise<void> {
    const running = await this.sessions.findRunning(tx, orgId, sid);
    if (running) await this.leases.endSession(tx, running, reason, how);
  }
}
