import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, type ReadTx } from '@parley/persistence';
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
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly db: Database,
    @Inject(EXPIRING) private readonly tables: readonly Expiring[],
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.db.beforeClose(() => this.stop());
    this.plan();
  }

  async sweep(): Promise<void> {
    for (const table of this.tables) await this.inBatches(() => table.removeExpired(this.db, BATCH));
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void (this.running = this.sweepAndPlan()), EVERY_MS).unref();
  }

  private async sweepAndPlan(): Promise<void> {
    await this.sweep().catch((error: unknown) => this.logger.warn({ err: error }, 'what is over was not thrown away'));
    this.plan();
  }

  private async inBatches(removeSome: () => Promise<number>): Promise<void> {
    let removed = BATCH;
    while (removed === BATCH && !this.stopped) removed = await removeSome();
  }
}
