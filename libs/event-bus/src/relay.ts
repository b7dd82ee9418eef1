import { isDeepStrictEqual } from 'node:util';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Owner } from '@parley/dto';
import type { Database } from '@parley/persistence';
import type { Alarm } from './alarm.js';
import { type Floor, type Mark, raised, sentUpTo } from './floor.js';
import { advance, newGaps } from './holes.js';
import type { Term } from './leadership.js';
import { type BoundedSight, type Claimed, Ledger, type LedgerRow, type Look, type RelayState, type StreamNow } from './ledger.js';
import { EventStream, isOutOfStep, type Sent } from './stream.js';

const BATCH = 256;
/** Behind the pokes. */
const POLL_MS = 1_000;
/** How often the stream is looked at while there is nothing to send: it may be gone. */
const CHECK_MS = 5_000;

export interface RelayParts {
  db: Database;
  owner: Owner;
  term: Term;
  /** Rung when there may be something to send. */
  alarm: Alarm;
  /** When the stream was created of which somebody misses messages, if somebody told. */
  missed: () => string | undefined;
}

/**
 * Sends the ledger of one service to its stream, in the order of ids, everything at least once. One term of it: made when
 * leadership is won, thrown away with it or with the first failure; all that outlasts it is the relay table.
 */
export class Relay {
  private state: RelayState;
  private floor: Floor;
  private checked = 0;
  private batch = BATCH;
  /** What was to be seen when the state was last kept. */
  private ahead: Look | undefined;
  /** Where the floor will be once every durable is there. */
  private mark: Mark | undefined;

  private constructor(
    private readonly parts: RelayParts,
    private readonly ledger: Ledger,
    private readonly stream: EventStream,
    { floor, ...state }: Claimed,
  ) {
    this.state = state;
    this.floor = floor;
  }

  static async begin(parts: RelayParts, nc: NatsConnection): Promise<Relay> {
    const ledger = new Ledger(parts.db);
    const relay = new Relay(parts, ledger, await EventStream.of(nc, parts.owner), await ledger.claim(parts.term));
    await relay.reconcile();
    return relay;
  }

  private get term(): Term {
    return this.parts.term;
  }

  /** Until the term ends. */
  async run(checkConnection: () => void, onProgress: () => void): Promise<void> {
    while (!this.term.signal.aborted) {
      checkConnection(); // not worth a try while it is down: what a dead connection buffers comes late and twice
      this.term.check();
      await this.refillIfMissed();
      const more = await this.step();
      onProgress();
      if (more) continue;
      await this.checkStream();
      await this.parts.alarm.sleep(POLL_MS, this.term.signal);
    }
  }

  /** Whether there may be more at once. What is stored is recorded first, whatever became of the rest. */
  private async step(): Promise<boolean> {
    const { rows, sight } = await this.look();
    const { count, failure } = await this.send(rows);
    const whole = count === rows.length;
    await this.record(whole ? sight : { ...sight, ids: sight.ids.slice(0, count), complete: false });
    if (failure !== undefined) await this.recover(failure);
    return !whole || (this.ahead?.rows.length ?? 0) > 0;
  }

  private async look(): Promise<Look> {
    const ahead = this.ahead;
    this.ahead = undefined;
    return ahead && ahead.rows.length > 0 ? ahead : this.ledger.look(this.state.progress, this.batch);
  }

  /** After a duplicate one by one: it spoils only the rows behind it in its batch. */
  private async send(rows: readonly LedgerRow[]): Promise<Sent> {
    const mark = this.state.stream;
    if (!mark) throw new Error('The relay does not know its stream');
    const sent = await this.stream.send(rows, mark.lastSeq);
    this.state = { ...this.state, stream: { ...mark, lastSeq: sent.lastSeq } };
    this.batch = sent.failure === undefined && sent.lastSeq - mark.lastSeq === sent.count ? BATCH : 1;
    return sent;
  }

  /** Out of step means that the relay stored something and did not learn of it: look again and go on. */
  private async recover(failure: unknown): Promise<void> {
    if (!isOutOfStep(failure)) throw failure;
    await this.reconcile();
  }

  private async record(sight: BoundedSight): Promise<void> {
    const before = this.state.progress;
    const bound = newGaps(before, sight).length > 0 ? sight.bound : 0n;
    const progress = advance(before, sight, bound);
    if (sight.ids.length === 0 && progress.holes.length === before.holes.length) return;
    await this.save({ ...this.state, progress });
  }

  private async save(state: RelayState): Promise<void> {
    this.parts.alarm.hush(); // what it was rung for is seen by now
    this.ahead = await this.ledger.save(this.term, state, this.batch);
    this.state = state;
  }

  private async checkStream(): Promise<void> {
    if (performance.now() - this.checked < CHECK_MS) return;
    await this.reconcile();
    await this.raiseFloor();
  }

  private async raiseFloor(): Promise<void> {
    const { progress, stream } = this.state;
    const floor = raised(this.floor, this.mark, await this.stream.readers());
    if (stream && (!this.mark || (floor.at?.id ?? 0) >= this.mark.id)) this.mark = { id: sentUpTo(progress), created: stream.created, seq: stream.lastSeq };
    await this.keepFloor(floor);
  }

  private async keepFloor(floor: Floor): Promise<void> {
    if (isDeepStrictEqual(floor, this.floor)) return;
    await this.ledger.keepFloor(this.term, floor);
    this.floor = floor;
  }

  /** Nobody knows how old it is what somebody missed. The floor goes first: who dies in between must not fill a new stream from there. */
  private async refillIfMissed(): Promise<void> {
    const { stream } = this.state;
    if (stream === undefined || this.parts.missed() !== stream.created) return;
    await this.keepFloor({ ...this.floor, at: undefined });
    await this.stream.remove(stream.created);
    await this.reconcile();
  }

  /**
   * Compares the stream with what was acknowledged. Another stream than that, or one that lost its tail, is a new generation: it
   * is filled with all that some durable may not have had. A stream without its tail is removed first, so that no durable waits beyond
   * its end.
   */
  private async reconcile(): Promise<void> {
    const known = this.state.stream;
    let mark = await this.stream.ensure(this.floor.at);
    if (mark.created === known?.created && mark.lastSeq < known.lastSeq) {
      await this.stream.remove(mark.created);
      mark = await this.stream.ensure(this.floor.at);
    }
    this.checked = performance.now();
    if (mark.created === known?.created) this.state = { ...this.state, stream: { created: mark.created, lastSeq: mark.lastSeq } };
    else await this.fillAnew(mark);
  }

  private async fillAnew({ behind, ...stream }: StreamNow): Promise<void> {
    this.mark = undefined;
    await this.save({ progress: { high: behind, holes: [] }, stream });
  }
}
