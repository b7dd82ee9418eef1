import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { RotationService } from '../keys/rotation.service.js';
import { EngineHolder } from './engine-holder.js';

const EVERY_MS = 1_000;

/** Takes each key to its next state when it is time, and this copy along. On every copy: whoever comes first does it. */
@Injectable()
export class KeyFollower implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  constructor(
    private readonly db: Database,
    private readonly rotation: RotationService,
    private readonly engines: EngineHolder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.db.beforeClose(() => this.stop());
    this.plan();
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void (this.running = this.followAndPlan()), EVERY_MS).unref();
  }

  private async followAndPlan(): Promise<void> {
    await this.follow().then(
      () => (this.failing = false),
      (error: unknown) => this.complain(error),
    );
    this.plan();
  }

  private async follow(): Promise<void> {
    await this.engines.followKeys(await this.rotation.advance());
  }

  /** Once per outage. */
  private complain(error: unknown): void {
    if (!this.failing) this.logger.warn({ err: error }, 'the signing keys were not looked after');
    this.failing = true;
  }
}
