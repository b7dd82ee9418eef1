import type { Database } from './database.js';

interface PeriodicWork {
  everyMs: number;
  work: () => Promise<void>;
  /** Told once per outage. */
  failed: (error: unknown) => void;
}

/** Work that is done again and again, one after the other, and ends before the database goes. */
export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  constructor(private readonly options: PeriodicWork) {}

  startOn(db: Database): void {
    db.beforeClose(() => this.stop());
    this.plan();
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void (this.running = this.workAndPlan()), this.options.everyMs).unref();
  }

  private async workAndPlan(): Promise<void> {
    await this.options.work().then(
      () => (this.failing = false),
      (error: unknown) => this.complain(error),
    );
    this.plan();
  }

  private complain(error: unknown): void {
    if (!this.failing) this.options.failed(error);
    this.failing = true;
  }
}
