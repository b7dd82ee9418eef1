import type { Database } from './database.js';

interface PeriodicWork {
  everyMs: number;
  /** Short, because a stop waits for it. Where there is a `batch`, it answers how many it did. */
  work: () => Promise<number | void>;
  /** As many as one piece of work does at the most: when it did as many, it goes on at once. */
  batch?: number;
  /** Told once per outage. */
  failed: (error: unknown) => void;
}

/** Work that is done again and again, one after the other, and ends before the database goes. What fails is tried again like any other. */
export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  constructor(private readonly options: PeriodicWork) {}

  startOn(db: Database): void {
    db.beforeClose(() => this.stop());
    this.plan(this.options.everyMs);
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(inMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void (this.running = this.workAndPlan()), inMs).unref();
  }

  private async workAndPlan(): Promise<void> {
    const more = await this.worked();
    this.plan(more ? 0 : this.options.everyMs);
  }

  /** @returns whether there is more to do at once */
  private async worked(): Promise<boolean> {
    const { work, batch = Infinity } = this.options;
    try {
      const done = await work();
      this.failing = false;
      return (done ?? 0) >= batch;
    } catch (error) {
      this.complain(error);
      return false;
    }
  }

  private complain(error: unknown): void {
    if (!this.failing) this.options.failed(error);
    this.failing = true;
  }
}
