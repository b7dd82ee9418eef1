import { measured, type Metrics } from '@parley/platform';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { EventBusStats } from './event-bus.js';

/** For how long what was read from the database does for all gauges of one look. Milliseconds. */
const LOOK_MS = 250;

/** What an operator can see of the events of one service; `docs/operating.md` says which of it is worth an alert. */
export class BusMetrics {
  private readonly redeliveries: Counter;
  private readonly lag: Gauge<'from'>;
  private readonly roundTrips: Histogram;
  /** Since when the canary is silent; over all terms of this process, which begins with silence. */
  private returned = performance.now();
  private stats: (() => Promise<EventBusStats>) | undefined;
  private look: Promise<EventBusStats> | undefined;

  constructor(metrics: Metrics) {
    const registers = [metrics];
    const ofLedger = (name: string, help: string, read: (stats: EventBusStats) => number): void =>
      measured(metrics, name, help, async () => read(await this.lookOnce()));
    ofLedger('parley_outbox_unsent_events', 'Events committed and not sent yet.', ({ unsent }) => unsent);
    ofLedger('parley_outbox_oldest_unsent_seconds', 'Age of the oldest event that is not sent yet.', ({ oldestUnsentSeconds }) => oldestUnsentSeconds);
    ofLedger('parley_inbox_parked_events', 'Events of others that wait to be tried again.', ({ parked }) => parked);
    ofLedger('parley_inbox_dead_events', 'Events of others that wait for a command.', ({ dead }) => dead);
    measured(metrics, 'parley_canary_silent_seconds', 'Time since a canary of this service last came back to this copy, or since the copy began; the least of all copies counts.', () =>
      Promise.resolve((performance.now() - this.returned) / 1000),
    );
    this.redeliveries = new Counter({ name: 'parley_events_redelivered_total', help: 'Events that came more than once.', registers });
    this.lag = new Gauge({ name: 'parley_consumer_lag_events', help: 'Events that are stored and did not arrive here yet.', labelNames: ['from'], registers });
    this.roundTrips = new Histogram({
      name: 'parley_canary_round_trip_seconds',
      help: 'From before the commit of a canary until it came back.',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
  }

  watch(stats: () => Promise<EventBusStats>): void {
    this.stats = stats;
  }

  redelivered(count: number): void {
    this.redeliveries.inc(count);
  }

  lagging(from: string, events: number | undefined): void {
    if (events === undefined) this.lag.remove({ from });
    else this.lag.set({ from }, events);
  }

  canaryReturned(seconds: number): void {
    this.returned = performance.now();
    this.roundTrips.observe(seconds);
  }

  private lookOnce(): Promise<EventBusStats> {
    if (!this.stats) return Promise.reject(new Error('the event bus has not begun'));
    if (!this.look) {
      this.look = this.stats();
      setTimeout(() => (this.look = undefined), LOOK_MS).unref();
    }
    return this.look;
  }
}
