import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Periodic, type ReadTx } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';

const EVERY_MS = 15_000;
/** Rows in one statement: a long one would hold back vacuum and the shutdown. */
const BATCH = 1_000;

/** Injection token of the tables whose rows have an end. */
export const EXPIRING = Symbol('EXPIRING');

export interface Expiring {
  /** At most `limit` of those whose time is over. Answers how many. */
  removeExpired(db: Pick<ReadTx, 'query'>, limit: number): Promise<number>;
}

/** Throws away what is over. On every copy: they take different rows. Nothing depends on it but the size of the tables. */
@Injectable()
export class Expiry implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    @Inject(EXPIRING) private readonly tables: readonly Expiring[],
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.logger.warn({ err: error }, 'what is over was not thrown away');
    new Periodic({ everyMs: EVERY_MS, batch: BATCH, work: () => this.sweep(), failed }).startOn(this.db);
  }

  /** One batch of each table. @returns how many rows of the table that had most */
  async sweep(): Promise<number> {
    let most = 0;
    for (const table of this.tables) most = Math.max(most, await table.removeExpired(this.db, BATCH));
    return most;
  }
}
