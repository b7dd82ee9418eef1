import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { RefusalsRepository } from './refusals.repository.js';

const EVERY_MS = 60_000;
/** Rows in one transaction: few enough that nobody waits for it. */
const BATCH = 5000;

/** Forgets refusals that are too old. Runs on every copy; they pass over what another one is deleting. */
@Injectable()
export class RefusalPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly refusals: RefusalsRepository,
    private readonly limits: AdmissionLimits,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** @returns how many it has deleted */
  round(): Promise<number> {
    return this.db.write([], (tx) => this.refusals.purge(tx, { days: this.limits.refusalDays, limit: BATCH }));
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if ((await this.safeRound()) < BATCH) await sleep(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private safeRound(): Promise<number> {
    return this.round().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'old refusals could not be deleted');
      return 0;
    });
  }
}
