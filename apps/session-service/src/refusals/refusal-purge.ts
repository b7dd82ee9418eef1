import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Periodic } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { RefusalsRepository } from './refusals.repository.js';

const EVERY_MS = 60_000;
/** Rows in one transaction: few enough that nobody waits for it. */
const BATCH = 5000;

/** Forgets refusals that are too old. Runs on every copy; they pass over what another one is deleting. */
@Injectable()
export class RefusalPurge implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly refusals: RefusalsRepository,
    private readonly limits: AdmissionLimits,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.logger.warn({ err: error }, 'old refusals could not be deleted');
    new Periodic({ everyMs: EVERY_MS, batch: BATCH, work: () => this.round(), failed }).startOn(this.db);
  }

  /** @returns how many it has deleted */
  round(): Promise<number> {
    return this.db.write([], (tx) => this.refusals.purge(tx, { days: this.limits.refusalDays, limit: BATCH }));
  }
}
