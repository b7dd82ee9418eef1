import type { NatsConnection } from '@nats-io/transport-node';
import { canaryDurableOf, canarySent, type Owner } from '@parley/dto';
import { type Database, uuidv7 } from '@parley/persistence';
import type { Alarm } from './alarm.js';
import { Durable } from './durable.js';
import type { Term } from './leadership.js';

const EVERY_MS = 5_000;
/** Then it counts as lost, and another one is sent. */
const WAIT_MS = 60_000;
/** How often the clock is looked at. */
const TICK_MS = 500;

interface Bird {
  beat: number;
  sentAt: number;
}

export interface CanaryParts {
  db: Database;
  owner: Owner;
  /** Told of each that came back: seconds from before its transaction until it was here again. */
  onReturn: (seconds: number) => void;
}

/**
 * An event that a service sends to itself, through everything that its events pass: transaction, ledger, relay, stream, durable.
 * What the broker says of itself does not matter: with a full disk it is healthy and takes nothing. One is under way at a time.
 */
export class Canary {
  private readonly aggregate = `canary:${uuidv7()}`;
  private beats = 0;
  private bird: Bird | undefined;
  private due = 0;
  private checked = performance.now();

  private constructor(
    private readonly parts: CanaryParts,
    private readonly term: Term,
    private readonly durable: Durable,
  ) {}

  static async begin(parts: CanaryParts, nc: NatsConnection, term: Term, alarm: Alarm): Promise<Canary> {
    const { owner } = parts;
    return new Canary(parts, term, await Durable.open(nc, { owner, name: canaryDurableOf(owner) }, alarm.ring));
  }

  /** Until the term ends. */
  async run(alarm: Alarm, checkConnection: () => void, onProgress: () => void): Promise<void> {
    try {
      while (!this.term.signal.aborted) {
        checkConnection();
        this.term.check();
        this.receive();
        await this.send();
        await this.checkDurable();
        onProgress();
        await alarm.sleep(TICK_MS, this.term.signal);
      }
    } finally {
      await this.durable.stop();
    }
  }

  /** Those of an earlier term are acknowledged and say nothing. */
  private receive(): void {
    const arrived = this.durable.take(100);
    for (const { event } of arrived) {
      if (event?.subject === this.aggregate && event.sequence === this.bird?.beat) this.welcome(this.bird);
    }
    arrived.at(-1)?.message.ack();
  }

  private welcome({ sentAt }: Bird): void {
    this.bird = undefined;
    this.due = sentAt + EVERY_MS;
    this.parts.onReturn((performance.now() - sentAt) / 1000);
  }

  private async send(): Promise<void> {
    const now = performance.now();
    if (this.bird ? now < this.bird.sentAt + WAIT_MS : now < this.due) return;
    const { db, owner } = this.parts;
    const beat = this.beats + 1;
    await db.write([], (tx) => Promise.resolve(tx.emit(canarySent[owner], { aggregate: this.aggregate, sequence: beat, orgId: '', data: { beat } })));
    this.beats = beat;
    this.bird = { beat, sentAt: now };
  }

  private async checkDurable(): Promise<void> {
    if (performance.now() - this.checked < EVERY_MS) return;
    await this.durable.check();
    this.checked = performance.now();
  }
}
