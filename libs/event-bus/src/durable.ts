import { AckPolicy, type ConsumerInfo, JetStreamApiCodes, JetStreamApiError, jetstream, type JetStreamManager, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type CloudEvent, type DurableWish, onlySubjectOf, type Owner, streamOf } from '@parley/dto';
import { beginningOf, type Mark } from './floor.js';
import { parseEvent } from './handlers.js';
import { wishForDurable } from './wish.js';

const EXPIRES_MS = 10_000;
/** Asked for at a time: enough for the next batch to arrive while one takes effect. */
const AT_ONCE = 512;

/** A durable, as the broker tells it; in a cluster one whose nodes find no leader may stay unwell for ever. */
type Found = ConsumerInfo | 'missing' | 'unwell';
const nothing = { ack_floor: { stream_seq: 0 }, delivered: { consumer_seq: 0 } };

function asUntold(error: unknown): Found {
  if (!(error instanceof JetStreamApiError)) throw error;
  return error.code === JetStreamApiCodes.ConsumerNotFound ? 'missing' : 'unwell';
}

/** Messages were taken by another copy, or did not arrive, or the durable is gone: what comes next may not be next. */
export class LostPlace extends Error {}

/** The stream no longer has what would be next: it was purged, or the consumer was away for longer than messages are kept. */
export class MissedMessages extends Error {
  constructor(
    durable: string,
    /** The stream's. */
    readonly created: string,
    what: string,
  ) {
    super(`${durable} was not given ${what}, which its stream does not have`);
  }
}

/** A stream, and the id of the owner's ledger behind which it begins. */
export interface Origin {
  created: string;
  behind: number;
}

/** How far somebody was given the messages of a stream, and what comes before it. */
export interface Place extends Origin {
  seq: number;
}

export interface Wanted {
  owner: Owner;
  /** Of the durable. */
  name: string;
  /** Where its reader stands, if that is known better than by what the broker heard from it. */
  place?: Place | undefined;
}

/** Nothing is under way, nobody else (a paused process) waits for more, and it does not wait beyond the end of its stream. */
function isClean(found: Found, streamEnd: number): boolean {
  if (typeof found === 'string') return false;
  const { config, num_ack_pending, num_waiting, ack_floor, delivered } = found;
  return config.ack_policy === AckPolicy.All && num_ack_pending === 0 && num_waiting === 0 && ack_floor.stream_seq === delivered.stream_seq && delivered.stream_seq <= streamEnd;
}

/** A message, read when it comes: there is time for that while those before it take effect. */
export interface Arrival {
  message: JsMsg;
  payload: string;
  /** Undefined for what is no event, or not of this subject. */
  event: CloudEvent | undefined;
}

function eventOf(payload: string, subject: string): CloudEvent | undefined {
  const event = parseEvent(payload);
  return event?.type === subject ? event : undefined;
}

interface Ready extends Origin {
  /** The last message that it has given, and how many. */
  seq: number;
  given: number;
}

/** Where one looks, and whom one asks. */
interface Bus {
  jsm: JetStreamManager;
  ask(wish: DurableWish): Promise<unknown>;
}

/**
 * The durable, ready to give what comes behind the reader's place, in order. One with messages under way would give newer ones
 * first and those only after their ack wait, and one that stands elsewhere would skip some: it is made again. Whose place is not
 * known goes on behind what was acknowledged, or begins with the stream; the inbox drops what is known.
 */
async function prepare(bus: Bus, wanted: Wanted): Promise<Ready> {
  const { jsm } = bus;
  const { name, owner } = wanted;
  const stream = await look(jsm, owner);
  const known = placeIn(wanted, stream);
  const found = await jsm.consumers.info(streamOf(owner), name).catch(asUntold);
  const { ack_floor, delivered } = typeof found === 'string' ? nothing : found;
  const reached = known ?? ack_floor.stream_seq;
  if (reached === ack_floor.stream_seq && isClean(found, stream.lastSeq)) return { ...originOf(stream), seq: reached, given: delivered.consumer_seq };
  if (found !== 'missing') await bus.ask({ act: 'remove' });
  return make(bus, wanted, stream, reached);
}

/** Anew, to give what comes behind that; unless the stream is another one by then, or has lost what it was to begin with. */
async function make({ jsm, ask }: Bus, wanted: Wanted, stream: Stream, reached: number): Promise<Ready> {
  const { name, owner, place } = wanted;
  const isBeyond = reached > stream.lastSeq; // it lost its tail
  const start = reached === 0 || isBeyond ? undefined : reached + 1;
  const { delivered } = (await ask({ act: 'make', ...(start === undefined ? {} : { start }) })) as ConsumerInfo;
  const mayBegin = isBeyond || place === undefined || delivered.stream_seq === reached;
  if (mayBegin && (await look(jsm, owner)).created === stream.created) return { ...originOf(stream), seq: delivered.stream_seq, given: delivered.consumer_seq };
  await ask({ act: 'remove' });
  throw new LostPlace(`${name} was made while its stream changed`);
}

interface Stream {
  created: string;
  beginning: Mark | undefined;
  firstSeq: number;
  lastSeq: number;
}

async function look(jsm: JetStreamManager, owner: Owner): Promise<Stream> {
  const { created, state, config } = await jsm.streams.info(streamOf(owner));
  return { created, beginning: beginningOf(config.description), firstSeq: state.first_seq, lastSeq: state.last_seq };
}

const originOf = ({ created, beginning }: Stream): Origin => ({ created, behind: beginning?.id ?? 0 });

/** The number of the reader's last message in this stream; 0 if it was in another one, behind which this one goes on without a gap. */
function placeIn({ name, place }: Wanted, { created, beginning, firstSeq }: Stream): number | undefined {
  if (!place) return undefined;
  const isHere = place.created === created;
  if (!isHere && !reaches(place, beginning)) throw new MissedMessages(name, created, `all up to ${beginning?.id} of the ledger`);
  const seq = isHere ? place.seq : 0;
  if (seq + 1 < firstSeq) throw new MissedMessages(name, created, `the messages ${seq + 1} to ${firstSeq - 1}`);
  return seq;
}

/** Whoever stands there was given everything that a stream leaves out. */
const reaches = (place: Place, beginning: Mark | undefined): boolean =>
  beginning === undefined || place.behind >= beginning.id || (place.created === beginning.created && place.seq >= beginning.seq);

/** The messages of one durable, in order and without a gap; when that can't be kept it fails and must be opened again. */
export class Durable {
  /** The stream. */
  readonly origin: Origin;
  private buffer: Arrival[] = [];
  private failure: Error | undefined;
  private close: () => Promise<unknown> = () => Promise.resolve();
  private arrived: number;
  private reached: number;

  private constructor(
    private readonly jsm: JetStreamManager,
    private readonly wanted: Wanted,
    { created, behind, seq, given }: Ready,
  ) {
    this.origin = { created, behind };
    this.arrived = given;
    this.reached = seq;
  }

  static async open(nc: NatsConnection, wanted: Wanted, onArrival: () => void): Promise<Durable> {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const durable = new Durable(jsm, wanted, await prepare({ jsm, ask: (wish) => wishForDurable(nc, wanted, wish) }, wanted));
    await durable.listen(nc, onArrival);
    return durable;
  }

  /** What has arrived, at most `count`. Whoever acknowledges one acknowledges all before it. */
  take(count: number): Arrival[] {
    if (this.failure) throw this.failure;
    return this.buffer.splice(0, count);
  }

  /** Notices what nobody tells: a durable that was replaced, a message that was sent and never came. Answers how many are still to come. */
  async check(): Promise<number> {
    const before = this.arrived;
    const { delivered, num_pending } = await this.jsm.consumers.info(streamOf(this.wanted.owner), this.wanted.name);
    if (delivered.consumer_seq < before || (delivered.consumer_seq > before && this.arrived === before)) throw new LostPlace(`${this.wanted.name} lost its place`);
    return num_pending + this.buffer.length;
  }

  async stop(): Promise<void> {
    await this.close();
  }

  private async listen(nc: NatsConnection, onArrival: () => void): Promise<void> {
    const consumer = await jetstream(nc).consumers.get(streamOf(this.wanted.owner), this.wanted.name);
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
      this.failure ??= reason ?? new LostPlace(`${this.wanted.name} was closed`);
      onArrival();
    });
  }

  private receive(message: JsMsg): void {
    this.failure ??= this.gapBefore(message);
    if (this.failure) return;
    this.arrived = message.info.deliverySequence;
    this.reached = Math.max(this.reached, message.seq);
    const payload = message.string();
    this.buffer.push({ message, payload, event: eventOf(payload, message.subject) });
  }

  /** A stream has a message for every number; of one subject only some. */
  private gapBefore({ seq, info: { deliverySequence } }: JsMsg): Error | undefined {
    const { name, owner } = this.wanted;
    if (deliverySequence !== this.arrived + 1) return new LostPlace(`${name}: delivery ${deliverySequence} after ${this.arrived}`);
    if (onlySubjectOf(owner, name) === undefined && seq > this.reached + 1) return new MissedMessages(name, this.origin.created, `the messages ${this.reached + 1} to ${seq - 1}`);
    return undefined;
  }
}
