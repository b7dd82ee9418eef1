import { hostname } from 'node:os';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Readiness } from './health.js';

/** Injection token of the metrics of the process. */
export const METRICS = Symbol('METRICS');
/** What a process counts and measures; parts register prom-client metrics with it. */
export type Metrics = Registry;
/** The metrics of a process as they travel: `GET /metrics` with `Accept: application/json`. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** Those of Node and whether the process is ready, to begin with. Every series says whose it is (`service`, `instance`). */
export function processMetrics(service: string, readiness: Readiness): Metrics {
  const metrics = new Registry();
  metrics.setDefaultLabels({ service, instance: `${hostname()}:${process.pid}` });
  collectDefaultMetrics({ register: metrics });
  measured(metrics, 'parley_ready', 'Whether the process can serve: its own database and core NATS can be used (1) or not (0).', async () =>
    Number((await readiness.report()).ready),
  );
  return metrics;
}

/** A gauge that is read when somebody looks. What can't be read now is absent: neither the last value nor nought would be true. */
export function measured(metrics: Metrics, name: string, help: string, read: () => Promise<number>): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [metrics],
    collect: () => read().then((value) => gauge.set(value), () => gauge.remove()),
  });
}

/** Several processes' metrics as one text in the Prometheus exposition format. */
export const mergedMetrics = (snapshots: MetricsSnapshot[]): Promise<string> => AggregatorRegistry.aggregate(snapshots).metrics();
