import { Inject, Injectable } from '@nestjs/common';
import { type Metrics, METRICS, mergedMetrics, type MetricsSnapshot } from '@parley/platform';
import { Gauge } from 'prom-client';

export const METRICS_TARGETS = Symbol('METRICS_TARGETS');

/** For one process to answer. Milliseconds. */
const WITHIN_MS = 1000;

/** The metrics of this gateway and of every process that it was told of. */
@Injectable()
export class MetricsCollector {
  private readonly up: Gauge<'target'>;

  constructor(
    @Inject(METRICS) private readonly own: Metrics,
    @Inject(METRICS_TARGETS) private readonly targets: readonly string[],
  ) {
    const help = 'Whether a process gave its metrics (1) or could not be reached (0).';
    this.up = new Gauge({ name: 'parley_up', help, labelNames: ['target'], registers: [own] });
  }

  /** Prometheus text format. A process that does not answer is missing in it, and said to be. */
  async text(): Promise<string> {
    const snapshots = await Promise.all(this.targets.map((target) => this.ask(target)));
    return mergedMetrics([await this.own.getMetricsAsJSON(), ...snapshots]);
  }

  private async ask(target: string): Promise<MetricsSnapshot> {
    const snapshot = await fetchSnapshot(target).catch(() => undefined);
    this.up.set({ target: new URL(target).host }, snapshot ? 1 : 0);
    return snapshot ?? [];
  }
}

async function fetchSnapshot(target: string): Promise<MetricsSnapshot> {
  const response = await fetch(target, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(WITHIN_MS) });
  if (!response.ok) throw new Error(`${target} answered ${response.status}`);
  return (await response.json()) as MetricsSnapshot;
}
