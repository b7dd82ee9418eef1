import type { NatsConnection } from '@nats-io/transport-node';
import type { Owner } from '@parley/dto';
import type { Database, Tx } from '@parley/persistence';
import type { Alarm } from './alarm.js';
import { type Arrival, Durable } from './durable.js';
import type { EventLog } from './event-log.js';
import { type Handlers, parseEvent } from './handlers.js';
import { Inbox, type Parked, type Told } from './inbox.js';
import { LeadershipLost, type Term } from './leadership.js';
import { judge, type RetryPolicy } from './verdict.js';

const BATCH = 256;
/** Of what is due again, between two batches of live events: they wait for no more than that. */
const ROUND = 32;
/** How often what is parked is looked at. */
const RETRY_EVERY_MS = 1_000;
const CHECK_MS = 5_000;

export interface ConsumerParts {
  db: Database;
  /** `<service>__<owner>`: the durable, and the consumer in the inbox. */
  name: string;
  from: Owner;
  handlers: Handlers;
  retry: RetryPolicy;
  log: EventLog;
  /** Told of events that came again. */
  onRepeats: (count: number) => void;
  /** Told how many events are still to come; undefined when this copy no longer knows. */
  onLag: (events: number | undefined) => void;
}

/**
 * One owner's events taking effect in one service: each exactly once, in order within an aggregate. One term of it: thrown away
 * with leadership or with the first failure of broker or database, and nothing is acknowledged that is not committed.
 */
export class EventConsumer {
  /** How far messages were taken, and how far that was noted. */
  private reached: number | undefined;
  private noted: number | undefined;
  private checked = performance.now();
  private retried = 0;
  private due: Parked[] = [];

  private constructor(
    private readonly parts: ConsumerParts,
    private readonly term: Term,
    private readonly inbox: Inbox,
    private readonly durable: Durable,
  ) {}

  /** Fails, as does `run`, with `MissedMessages` if the stream no longer has what comes next. */
  static async begin(parts: ConsumerParts, nc: NatsConnection, term: Term, alarm: Alarm): Promise<EventConsumer> {
    const inbox = new Inbox(parts.db, parts.name);
    const wanted = { owner: parts.from, name: parts.name, place: await inbox.place() };
    return new EventConsumer(parts, term, inbox, await Durable.open(nc, wanted, alarm.ring));
  }

  async run(alarm: Alarm, checkConnection: () => void, onProgress: () => void): Promise<void> {
    try {
      while (!this.term.signal.aborted) {
        checkConnection();
        const worked = await this.step();
        onProgress();
        if (!worked) await alarm.sleep(RETRY_EVERY_MS, this.term.signal);
      }
    } finally {
      this.parts.onLag(undefined);
      await this.durable.stop();
    }
  }

  private async step(): Promise<boolean> {
    this.term.check();
    const retried = await this.retryRound();
    const taken = await this.takeLive();
    await this.checkDurable(); // behind what had arrived: that does not count as still to come
    return taken || retried;
  }

  private async takeLive(): Promise<boolean> {
    const arrived = this.durable.take(BATCH);
    const last = arrived.at(-1)?.message;
    if (!last) return false;
    await this.process(arrived.flatMap((arrival) => this.read(arrival)));
    last.ack();
    this.reached = last.seq;
    return true;
  }

  /** What this service does not know (a newer event, one it has no use for) is acknowledged and leaves no trace. */
  private read({ message: { seq, subject }, payload, event }: Arrival): Told[] {
    if (event) return this.parts.handlers.wants(event) ? [{ event, payload, seq }] : [];
    this.parts.log.error({ subject, streamSequence: seq }, 'what came is no event, or not of its subject, and is skipped');
    return [];
  }

  /** All in one transaction; if that fails, one by one, to find whose fault it is. */
  private async process(told: Told[]): Promise<void> {
    if (told.length === 0) return;
    const whole = told.length > 1 && (await this.commit(told).then(() => true, rethrowLost));
    if (whole) return;
    for (const one of told) await this.commit([one]).catch((error: unknown) => this.park(one, error));
  }

  private async commit(told: Told[]): Promise<void> {
    const takeEffect = async (tx: Tx): Promise<number> => {
      const taken = await this.inbox.take(tx, this.term, told, this.durable.origin);
      for (const { event } of taken.due) await this.parts.handlers.run(event, tx);
      return taken.repeats;
    };
    const repeats = await this.parts.db.write([], takeEffect, { waitForLocks: false });
    if (repeats > 0) this.parts.onRepeats(repeats);
  }

  /** If not even this can be written, it was the database: the failure ends this run, and the event comes again. */
  private async park(told: Told, error: unknown): Promise<void> {
    rethrowLost(error);
    const verdict = judge(error, 1, this.parts.retry);
    await this.inbox.park(this.term, told, verdict);
    this.report(verdict.status, told.event.id, error);
  }

  /** Looks again at once for as long as something was due: behind each of those the next one of its aggregate may be. */
  private async retryRound(): Promise<boolean> {
    if (this.due.length === 0 && performance.now() - this.retried < RETRY_EVERY_MS) return false;
    if (this.due.length === 0) this.due = await this.inbox.due(BATCH);
    if (this.due.length === 0) this.retried = performance.now();
    const round = this.due.splice(0, ROUND);
    for (const parked of round) await this.retry(parked);
    return round.length > 0;
  }

  private async retry(parked: Parked): Promise<void> {
    this.term.check();
    await this.parts.db
      .write([], async (tx) => {
        const event = parseEvent(parked.payload);
        if (!event) throw new Error('What was parked is no event');
        if (await this.inbox.finish(tx, this.term, parked.event_id)) await this.parts.handlers.run(event, tx);
      })
      .catch(async (error: unknown) => {
        rethrowLost(error);
        const verdict = judge(error, parked.attempts + 1, this.parts.retry);
        await this.inbox.postpone(this.term, parked.event_id, verdict);
        this.report(verdict.status, parked.event_id, error);
      });
  }

  private async checkDurable(): Promise<void> {
    if (performance.now() - this.checked < CHECK_MS) return;
    this.parts.onLag(await this.durable.check());
    await this.notePlace();
    this.checked = performance.now();
  }

  /** Events take theirs along; what leaves no trace must not let it fall behind for ever. */
  private async notePlace(): Promise<void> {
    if (this.reached === undefined || this.reached === this.noted) return;
    await this.inbox.keepPlace(this.term, { ...this.durable.origin, seq: this.reached });
    this.noted = this.reached;
  }

  /** Once when it dies; a wait is the ordinary way of events that overtake each other. */
  private report(status: 'parked' | 'dead', eventId: string, err: unknown): void {
    const fields = { consumer: this.parts.name, eventId, err };
    if (status === 'dead') this.parts.log.error(fields, 'an event is dead: it waits for a replay, and its aggregate behind it');
    else this.parts.log.info(fields, 'an event is parked');
  }
}

function rethrowLost(error: unknown): false {
  if (error instanceof LeadershipLost) throw error;
  return false;
}
