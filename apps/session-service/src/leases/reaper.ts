import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Periodic } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { LeasesRepository } from './leases.repository.js';
import { LeasesService } from './leases.service.js';

const EVERY_MS = 1000;
/** Sessions in one transaction. */
const BATCH = 50;

/**
 * Ends what is over although nobody asks. Runs on every copy; a session that another copy works on is passed over. Nothing depends on
 * its having come by: admission judges by the times of the leases.
 */
@Injectable()
export class Reaper implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly leases: LeasesRepository,
    private readonly service: LeasesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.logger.warn({ err: error }, 'lapsed leases could not be ended');
    new Periodic({ everyMs: EVERY_MS, batch: BATCH, work: () => this.round(), failed }).startOn(this.db);
  }

  /** @returns how many sessions it has swept */
  round(): Promise<number> {
    return this.db.write([], async (tx) => {
      const due = await this.leases.takeDue(tx, BATCH);
      if (due.length > 0) await this.service.sweep(tx, due);
      return due.length;
    });
  }
}
