import { isDeepStrictEqual } from 'node:util';
import { type JetStreamClient, jetstream, JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager, type PubAck, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Owner, streamOf, streamSettings } from '@parley/dto';
import { asDescription, beginningOf, type Mark, type Reader } from './floor.js';
import type { LedgerRow, StreamNow } from './ledger.js';
import { wishForStream } from './wish.js';

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
    private readonly nc: NatsConnection,
    private readonly js: JetStreamClient,
    private readonly jsm: JetStreamManager,
    private readonly owner: Owner,
  ) {
    this.name = streamOf(owner);
  }

  static async of(nc: NatsConnection, owner: Owner): Promise<EventStream> {
    return new EventStream(nc, jetstream(nc, { timeout: ACK_TIMEOUT_MS }), await jetstreamManager(nc, { checkAPI: false }), owner);
  }

  /** The stream as it is now, brought to the right settings first; or created, to begin behind the floor. */
  async ensure(floor: Mark | undefined): Promise<StreamNow> {
    const found = await this.jsm.streams.info(this.name).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error as Error)));
    const { created, state, config } = found && this.isSettled(found.config) ? found : await this.settle(found, floor);
    this.replicas = config.num_replicas;
    return { created, lastSeq: state.last_seq, behind: beginningOf(config.description)?.id ?? 0 };
  }

  private isSettled(config: StreamConfig): boolean {
    return Object.entries(streamSettings(this.owner)).every(([key, value]) => isDeepStrictEqual(config[key as keyof StreamConfig], value));
  }

  private async settle(found: StreamInfo | undefined, floor: Mark | undefined): Promise<StreamInfo> {
    const make = { act: 'make', replicas: this.replicas, description: asDescription(floor) } as const;
    return (await wishForStream(this.nc, this.owner, found ? { act: 'settle' } : make)) as StreamInfo;
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
    await wishForStream(this.nc, this.owner, { act: 'remove', created });
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
