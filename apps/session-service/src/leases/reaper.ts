import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@parley/persistence';
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
export class Reaper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly leases: LeasesRepository,
    private readonly service: LeasesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** @returns how many sessions it has swept */
  round(): Promise<number> {
    return this.db.write([], async (tx) => {
      const due = await this.leases.takeDue(tx, BATCH);
      if (due.length > 0) await this.service.sweep(tx, due);
      return due.length;
    });
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if ((await this.safeRound()) < BATCH) await sleep(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** A round that fails is tried again like any other; meanwhile admission does without it. */
  private safeRound(): Promise<number> {
    return this.round().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'lapsed leases could not be ended');
      return 0;
    });
  }
}
