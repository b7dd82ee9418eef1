import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Periodic } from '@parley/persistence';
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
export class CallsReaper implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly calls: CallsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.logger.warn({ err: error }, 'calls that are over could not be ended');
    new Periodic({ everyMs: EVERY_MS, batch: BATCH, work: () => this.calls.endDue(BATCH), failed }).startOn(this.db);
  }
}
