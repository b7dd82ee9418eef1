import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LOGGER, type Logger } from '@parley/platform';
import { AliasesService } from '../aliases/aliases.service.js';

const EVERY_MS = 1000;
/** Aliases in one transaction. */
const BATCH = 100;

/**
 * Tells that aliases have expired. Runs on every copy; they pass over what another one is telling. Nothing depends on its having come by:
 * an alias is gone for the public when its time is over.
 */
@Injectable()
export class AliasExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly aliases: AliasesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** @returns of how many it has told */
  round(): Promise<number> {
    return this.aliases.tellExpired(BATCH);
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if ((await this.safeRound()) < BATCH) await sleep(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private safeRound(): Promise<number> {
    return this.round().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'it could not be told which aliases have expired');
      return 0;
    });
  }
}
