import type { Child } from './child.js';
import { reasonOf } from './failure.js';
import { sleep } from './wait.js';

/** Something that has to run all the time. */
export interface Unit {
  name: string;
  /** Settled when it is ready; hands over the process as soon as there is one. */
  start(adopt: (child: Child) => void): Promise<void>;
}

export interface KeeperReports {
  died(name: string, why: string): void;
  back(name: string, afterMs: number): void;
  gaveUp(name: string, why: string): void;
}

const minuteMs = 60_000;
const restartsAMinute = 5;
/** Long enough not to spin, short enough to be back within 5 s: a start takes up to 4 on a small machine. */
const pauseMs = 200;

/** Starts a unit and brings it back whenever it dies; one that keeps dying it gives up. */
export class Keeper {
  private child: Child | undefined;
  private stopping = false;
  private readonly restarts: number[] = [];

  constructor(
    private readonly unit: Unit,
    private readonly reports: KeeperReports,
  ) {}

  /** The first start: a failure is the caller's. */
  async start(): Promise<void> {
    await this.startOnce();
    void this.watch();
  }

  async stop(patienceMs: number): Promise<void> {
    this.stopping = true;
    await this.child?.stop(patienceMs);
  }

  private async startOnce(): Promise<void> {
    await this.unit.start((child) => (this.child = child));
    if (this.stopping) await this.child?.stop();
  }

  private async watch(): Promise<void> {
    const why = (await this.child?.exited) ?? '';
    if (!this.stopping) await this.revive(why);
  }

  private async revive(why: string): Promise<void> {
    const died = performance.now();
    if (this.isHopeless()) return this.reports.gaveUp(this.unit.name, why);
    this.reports.died(this.unit.name, why.split('\n', 1).join());
    await sleep(pauseMs);
    if (this.stopping) return;
    this.restarts.push(performance.now());
    try {
      await this.startOnce();
    } catch (error) {
      return this.stopping ? undefined : this.revive(reasonOf(error));
    }
    this.reports.back(this.unit.name, performance.now() - died);
    await this.watch();
  }

  private isHopeless(): boolean {
    const recent = this.restarts.filter((at) => performance.now() - at < minuteMs);
    this.restarts.splice(0, this.restarts.length, ...recent);
    return recent.length >= restartsAMinute;
  }
}
