import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Periodic } from '@parley/persistence';
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
export class AliasExpiry implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly aliases: AliasesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.logger.warn({ err: error }, 'it could not be told which aliases have expired');
    new Periodic({ everyMs: EVERY_MS, batch: BATCH, work: () => this.round(), failed }).startOn(this.db);
  }

  /** @returns of how many it has told */
  round(): Promise<number> {
    return this.aliases.tellExpired(BATCH);
  }
}
