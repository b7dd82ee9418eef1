import { hostname } from 'node:os';
import type { ConnectionOptions, Msg, NatsConnection } from '@nats-io/transport-node';
import { type Owner, pokeOf, refillOf } from '@parley/dto';
import { type Database, uuidv7 } from '@parley/persistence';
import { Alarm } from './alarm.js';
import { Broker } from './broker.js';
import type { BusMetrics } from './bus-metrics.js';
import { Canary } from './canary.js';
import { EventConsumer } from './consumer.js';
import { MissedMessages } from './durable.js';
import { type EventLog, Outage } from './event-log.js';
import type { Handlers } from './handlers.js';
import { keepHouseHourly } from './housekeeping.js';
import { LeadershipLost, Term } from './leadership.js';
import { Relay } from './relay.js';
import { defaultRetry, type RetryPolicy } from './verdict.js';

export interface EventBusOptions {
  /** The service this is, whose consumers are called after it: no two services may share a name, copies of one do. */
  name: string;
  /** Whose outbox is relayed; nobody's, if the service only listens. */
  owner?: Owner;
  nats: ConnectionOptions;
  /** Whose events take effect here. */
  consumes: readonly Owner[];
  log: EventLog;
  /** How long the ledger is kept, in days; 30 unless told. The same in every service, or a repeat could find its inbox row gone. */
  retentionDays?: number;
  retry?: RetryPolicy;
  /** Where to count. With it the service sends canaries too. */
  metrics?: BusMetrics;
}

export interface EventBusStats {
  /** Events committed and not sent yet. */
  unsent: number;
  /** Age of the oldest of them, in seconds; 0 if there is none. */
  oldestUnsentSeconds: number;
  /** Events of others that wait to be tried again. */
  parked: number;
  /** Those that wait for a command. */
  dead: number;
  /** Events that came more than once since this process began. */
  redelivered: number;
}

/** Between two tries of a job: when another copy does it, and after the n-th failure in a row. */
const STAND_BY_MS = 1_000;
const backoffMs = (failures: number): number => Math.min(250 * 2 ** failures, 5_000);

/** That another copy took over is in order. */
const outageOf = (cause: unknown): { cause: unknown } | undefined => (cause instanceof LeadershipLost ? undefined : { cause });

const STATS = `
  select count(*) as unsent, coalesce(extract(epoch from clock_timestamp() - min(at)), 0)::float8 as "oldestUnsentSeconds",
    (select count(*) from inbox where status = 'parked') as parked, (select count(*) from inbox where status = 'dead') as dead
  from (
    select at from outbox where id > (select high from relay)
    union all
    select late.at from relay, json_array_elements(holes) hole, lateral (select at from outbox where id between (hole ->> 0)::bigint and (hole ->> 1)::bigint) late
  ) waiting`;

/** The relay of a service's own events and its consumers of others'; each job is done by one copy of the service at a time. */
export class EventBus {
  private readonly holder = `${hostname()}:${process.pid}:${uuidv7()}`;
  private readonly stopping = new AbortController();
  /** Rung when there may be something to send. */
  private readonly relayAlarm = new Alarm();
  /** Of jobs that stand by or back off; rung when the broker is back. */
  private readonly standbys: Alarm[] = [];
  private readonly broker: Broker;
  private jobs: Promise<void>[] = [];
  private redelivered = 0;
  private poked = false;
  /** The relay is here, and hears of our commits without the broker. */
  private relaying = false;
  /** When our stream was created of which a consumer missed messages. */
  private missed: string | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly handlers: Handlers,
    private readonly options: EventBusOptions,
  ) {
    this.broker = new Broker(options.nats, { connect: (nc) => this.listen(nc), up: () => this.standbys.forEach((alarm) => alarm.ring()) });
    db.onCommit(() => this.poke());
    db.beforeClose(() => this.stop());
  }

  /** Waits for nothing: without broker or database the jobs try until they are there. */
  start(): void {
    this.broker.start();
    const { consumes, metrics, owner } = this.options;
    metrics?.watch(() => this.stats());
    this.jobs = [owner === undefined ? this.keepHouse() : this.tell(owner), ...consumes.map((from) => this.consume(from))];
    if (metrics && owner !== undefined) this.jobs.push(this.sendCanaries(owner, metrics));
  }

  /** Ends what is in hand, hands the jobs over, closes the connection. */
  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  async stats(): Promise<EventBusStats> {
    const [row] = await this.db.query<Omit<EventBusStats, 'redelivered'>>(STATS);
    return { unsent: 0, oldestUnsentSeconds: 0, parked: 0, dead: 0, ...row, redelivered: this.redelivered };
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.jobs);
    await this.broker.stop();
  }

  private tell(owner: Owner): Promise<void> {
    return this.keep('relay', async (term, onProgress) => {
      const house = this.houseDuring(term);
      try {
        const { nc, check } = this.broker.connection();
        const relay = await Relay.begin({ db: this.db, owner, term, alarm: this.relayAlarm, missed: () => this.missed }, nc);
        this.relaying = true;
        await relay.run(check, onProgress);
      } finally {
        this.relaying = false;
        term.end();
        await house;
      }
    });
  }

  /** Of a service without a relay: its inbox needs its partitions too. */
  private keepHouse(): Promise<void> {
    return this.keep('house', (term) => this.houseDuring(term));
  }

  private houseDuring(term: Term): Promise<void> {
    return keepHouseHourly(this.db, this.options.retentionDays ?? 30, term, this.options.log);
  }

  private consume(from: Owner): Promise<void> {
    const { log, retry = defaultRetry, metrics } = this.options;
    const name = `${this.options.name}__${from}`;
    const onRepeats = (count: number): void => {
      this.redelivered += count;
      metrics?.redelivered(count);
    };
    const onLag = (events: number | undefined): void => metrics?.lagging(from, events);
    const parts = { db: this.db, name, from, handlers: this.handlers, retry, log, onRepeats, onLag };
    const alarm = new Alarm();
    return this.keep(`consumer ${from}`, async (term, onProgress) => {
      const { nc, check } = this.broker.connection();
      const run = EventConsumer.begin(parts, nc, term, alarm).then((consumer) => consumer.run(alarm, check, onProgress));
      await run.catch((error: unknown) => this.askAgain(from, error));
    });
  }

  /** Each time that it is tried: nobody may have heard. */
  private askAgain(from: Owner, error: unknown): never {
    if (error instanceof MissedMessages) this.broker.whisper(refillOf(from), error.created);
    throw error;
  }

  private sendCanaries(owner: Owner, metrics: BusMetrics): Promise<void> {
    const alarm = new Alarm();
    const parts = { db: this.db, owner, onReturn: (seconds: number) => metrics.canaryReturned(seconds) };
    return this.keep('canary', async (term, onProgress) => {
      const { nc, check } = this.broker.connection();
      const canary = await Canary.begin(parts, nc, term, alarm);
      await canary.run(alarm, check, onProgress);
    });
  }

  /** Does a job whenever no other copy does it, for as long as the process lives; no failure ends it. */
  private async keep(name: string, work: (term: Term, onProgress: () => void) => Promise<void>): Promise<void> {
    const outage = new Outage(this.options.log, `${this.options.name} ${name}`);
    const standby = new Alarm();
    this.standbys.push(standby);
    let failures = 0;
    const onProgress = (): void => {
      failures = 0;
      outage.over();
    };
    while (!this.stopping.signal.aborted) {
      const failure = await this.serveTerm(name, (term) => work(term, onProgress)).then(() => undefined, outageOf);
      if (this.stopping.signal.aborted) return;
      if (failure) outage.failed(failure.cause);
      await standby.sleep(failure ? backoffMs(failures++) : STAND_BY_MS, this.stopping.signal);
    }
  }

  private async serveTerm(name: string, work: (term: Term) => Promise<void>): Promise<void> {
    this.broker.connection(); // who can't reach the broker must not keep the job from one who can
    const term = await Term.take(this.db, name, this.holder);
    if (!term) return;
    const end = (): void => term.end();
    this.stopping.signal.addEventListener('abort', end);
    if (this.stopping.signal.aborted) end(); // while the term was taken: nobody would tell us again
    try {
      await work(term);
    } finally {
      this.stopping.signal.removeEventListener('abort', end);
      await term.resign();
    }
  }

  /** At once if the relay is here, and on core NATS if it is elsewhere; many commits of one moment are one poke. */
  private poke(): void {
    this.relayAlarm.ring();
    const { owner } = this.options;
    if (owner === undefined || this.relaying || this.poked) return;
    this.poked = true;
    setImmediate(() => {
      this.poked = false;
      this.broker.whisper(pokeOf(owner));
    });
  }

  private listen(nc: NatsConnection): void {
    const { owner, log } = this.options;
    if (owner === undefined) return;
    nc.subscribe(pokeOf(owner), { callback: () => this.relayAlarm.ring() });
    const callback = (_: unknown, message: Msg): void => {
      const created = message.string();
      if (this.relaying && this.missed !== created) log.warn({ created }, 'a consumer missed messages that the stream no longer has: it is filled again from the ledger');
      this.missed = created;
      this.relayAlarm.ring();
    };
    nc.subscribe(refillOf(owner), { callback });
  }
}
