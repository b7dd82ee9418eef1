import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LOGGER, type Logger } from '@parley/platform';
import { CallsService } from '../calls/calls.service.js';

const EVERY_MS = 1000;
/** Calls in one transaction. */
const BATCH = 100;

/**
 * Ends the calls that nobody stops. Runs on every copy; a call that another copy works on is passed over. Nothing depends on its having
 * come by: everybody judges by the time at which a call is over.
 */
@Injectable()
export class CallsReaper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly calls: CallsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if ((await this.round()) < BATCH) await sleep(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** A round that fails is tried again like any other. */
  private round(): Promise<number> {
    return this.calls.endDue(BATCH).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'calls that are over could not be ended');
      return 0;
    });
  }
}
