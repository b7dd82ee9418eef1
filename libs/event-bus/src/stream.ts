import { type JetStreamClient, jetstream, JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager, type PubAck, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { type Owner, streamOf } from '@parley/dto';
import { asDescription, beginningOf, type Mark, type Reader } from './floor.js';
import type { LedgerRow, StreamNow } from './ledger.js';

const HOUR_MS = 3_600_000;
/** Streams are transport; what is older comes from the ledger. */
const MAX_AGE_MS = 72 * HOUR_MS;
/** For repeats by a relay that could not save what it sent; later ones are dropped by the inboxes. */
const DUPLICATE_WINDOW_MS = 120_000;
const ACK_TIMEOUT_MS = 5_000;

/** How much of a batch is stored for certain, and why it is not all. */
export interface Sent {
  count: number;
  lastSeq: number;
  failure?: unknown;
}

const isMissing = (error: unknown): boolean => error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;

/** The stream's last sequence is not what the relay thinks: it stored something and did not learn of it. Look again, go on. */
export const isOutOfStep = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;

/** An owner's stream, as seen by its only writer. */
export class EventStream {
  readonly name: string;
  /** As an operator set them, for when it is made anew. */
  private replicas = 1;

  private constructor(
    private readonly js: JetStreamClient,
    private readonly jsm: JetStreamManager,
    private readonly owner: Owner,
  ) {
    this.name = streamOf(owner);
  }

  static async of(nc: NatsConnection, owner: Owner): Promise<EventStream> {
    return new EventStream(jetstream(nc, { timeout: ACK_TIMEOUT_MS }), await jetstreamManager(nc, { checkAPI: false }), owner);
  }

  /** The stream as it is now, brought to the right settings first; or created, to begin behind the floor. */
  async ensure(floor: Mark | undefined): Promise<StreamNow> {
    const settings = {
      subjects: [`evt.${this.owner}.>`],
      max_age: nanos(MAX_AGE_MS),
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    };
    const first = { name: this.name, storage: StorageType.File, retention: RetentionPolicy.Limits, num_replicas: this.replicas, description: asDescription(floor) };
    const missing = await this.jsm.streams.info(this.name).then(() => false, (error: unknown) => isMissing(error) || Promise.reject(error as Error));
    const { created, state, config } = missing ? await this.jsm.streams.add({ ...first, ...settings }) : await this.jsm.streams.update(this.name, settings);
    this.replicas = config.num_replicas;
    return { created, lastSeq: state.last_seq, behind: beginningOf(config.description)?.id ?? 0 };
  }

  /** Its durables; who reads without one is nobody's concern. */
  async readers(): Promise<Reader[]> {
    const readers: Reader[] = [];
    for await (const { name, config, ack_floor, num_ack_pending, num_pending, num_waiting, push_bound } of this.jsm.consumers.list(this.name)) {
      const acked = num_pending + num_ack_pending === 0 ? Infinity : ack_floor.stream_seq;
      if (config.durable_name !== undefined) readers.push({ name, present: num_waiting > 0 || push_bound === true, acked });
    }
    return readers;
  }

  /** The one that was created then, which may be gone by now. With it go the durables: every consumer notices and begins anew. */
  async remove(created: string): Promise<void> {
    const info = await this.jsm.streams.info(this.name);
    if (info.created === created) await this.jsm.streams.delete(this.name);
  }

  /**
   * Sends rows without waiting in between, and never stores one whose predecessor is not stored: each demands that the last
   * message is its predecessor, at the sequence that this gets. The sequence alone could be that of a message by somebody else. A
   * duplicate takes no sequence, so what follows it in the same batch fails too.
   */
  async send(rows: readonly LedgerRow[], lastSeq: number): Promise<Sent> {
    const acks = await Promise.allSettled(rows.map((row, n) => this.publish(row, lastSeq + n, rows[n - 1])));
    const sent: Sent = { count: 0, lastSeq };
    for (const ack of acks) {
      if (ack.status === 'rejected') return { ...sent, failure: ack.reason as unknown };
      sent.count++;
      sent.lastSeq = Math.max(sent.lastSeq, ack.value.seq);
    }
    return sent;
  }

  private publish({ subject, envelope, event_id }: LedgerRow, lastSequence: number, before?: LedgerRow): Promise<PubAck> {
    const predecessor = before && { lastMsgID: before.event_id };
    return this.js.publish(subject, envelope, { msgID: event_id, expect: { streamName: this.name, lastSequence, ...predecessor } });
  }
}
