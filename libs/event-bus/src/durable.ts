import { AckPolicy, type ConsumerConfig, type ConsumerInfo, DeliverPolicy, JetStreamApiCodes, JetStreamApiError, jetstream, type JetStreamManager, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { type Owner, streamOf } from '@parley/dto';

const ACK_WAIT_MS = 30_000;
const EXPIRES_MS = 10_000;
/** Asked for at a time: enough for the next batch to arrive while one takes effect. */
const AT_ONCE = 512;
/** Also the most that is ever held here unprocessed. */
const MAX_ACK_PENDING = 1_000;

const isMissing = (error: unknown): boolean => error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;

/** Messages were lost, or taken by another copy, or the durable is gone: what comes next may not be next. */
export class LostPlace extends Error {}

export interface Wanted {
  owner: Owner;
  /** Of the durable. */
  name: string;
  /** Events of this subject only; all of the owner's unless told. */
  subject?: string;
}

const settings = ({ name, subject }: Wanted, start: number | undefined): Partial<ConsumerConfig> => ({
  durable_name: name,
  ...(subject === undefined ? {} : { filter_subject: subject }),
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ACK_WAIT_MS),
  max_ack_pending: MAX_ACK_PENDING,
  max_deliver: -1,
  ...(start === undefined ? { deliver_policy: DeliverPolicy.All } : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start }),
});

/** Nothing is under way, nobody else (a paused process) waits for more, and it does not wait beyond the end of its stream. */
const isClean = ({ num_ack_pending, num_waiting, ack_floor, delivered }: ConsumerInfo, streamEnd: number): boolean =>
  num_ack_pending === 0 && num_waiting === 0 && ack_floor.stream_seq === delivered.stream_seq && delivered.stream_seq <= streamEnd;

/**
 * The durable, ready to give what was not acknowledged, in order. One with messages under way would give newer ones first and
 * those only after their ack wait: it is made again from its ack floor on. One that is missing begins with the stream; the inbox
 * drops what is known.
 */
async function prepare(jsm: JetStreamManager, stream: string, wanted: Wanted): Promise<ConsumerInfo> {
  const { name } = wanted;
  const { state } = await jsm.streams.info(stream);
  const info = await jsm.consumers.info(stream, name).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error as Error)));
  if (info && isClean(info, state.last_seq)) return info;
  if (info) await jsm.consumers.delete(stream, name);
  const beyondEnd = info !== undefined && info.ack_floor.stream_seq > state.last_seq;
  const start = info === undefined || beyondEnd ? undefined : info.ack_floor.stream_seq + 1;
  return jsm.consumers.add(stream, settings(wanted, start));
}

/** The messages of one durable, in order and without a gap; when that can't be kept it fails and must be opened again. */
export class Durable {
  private buffer: JsMsg[] = [];
  private failure: Error | undefined;
  private close: () => Promise<unknown> = () => Promise.resolve();

  private constructor(
    private readonly jsm: JetStreamManager,
    private readonly stream: string,
    private readonly name: string,
    private arrived: number,
  ) {}

  static async open(nc: NatsConnection, wanted: Wanted, onArrival: () => void): Promise<Durable> {
    const stream = streamOf(wanted.owner);
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const info = await prepare(jsm, stream, wanted);
    const durable = new Durable(jsm, stream, wanted.name, info.delivered.consumer_seq);
    await durable.listen(nc, onArrival);
    return durable;
  }

  /** What has arrived, at most `count`. */
  take(count: number): JsMsg[] {
    if (this.failure) throw this.failure;
    return this.buffer.splice(0, count);
  }

  /** Notices what nobody tells: a durable that was replaced, a message that was sent and never came. Answers how many are still to come. */
  async check(): Promise<number> {
    const before = this.arrived;
    const { delivered, num_pending } = await this.jsm.consumers.info(this.stream, this.name);
    if (delivered.consumer_seq < before || (delivered.consumer_seq > before && this.arrived === before)) throw new LostPlace(`${this.name} lost its place`);
    return num_pending + this.buffer.length;
  }

  async stop(): Promise<void> {
    await this.close();
  }

  private async listen(nc: NatsConnection, onArrival: () => void): Promise<void> {
    const consumer = await jetstream(nc).consumers.get(this.stream, this.name);
    const messages = await consumer.consume({
      max_messages: AT_ONCE,
      expires: EXPIRES_MS,
      abort_on_missing_resource: true,
      callback: (message) => {
        this.receive(message);
        onArrival();
      },
    });
    this.close = () => messages.close();
    void messages.closed().then((reason) => {
      this.failure ??= reason ?? new LostPlace(`${this.name} was closed`);
      onArrival();
    });
  }

  private receive(message: JsMsg): void {
    const { deliverySequence } = message.info;
    if (deliverySequence !== this.arrived + 1) this.failure ??= new LostPlace(`${this.name}: delivery ${deliverySequence} after ${this.arrived}`);
    if (this.failure) return;
    this.arrived = deliverySequence;
    this.buffer.push(message);
  }
}
