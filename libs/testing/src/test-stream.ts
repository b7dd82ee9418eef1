import { DeliverPolicy, JetStreamApiCodes, JetStreamApiError, type JsMsg, jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect, headers, nanos, type NatsConnection } from '@nats-io/transport-node';
import { type Owner, refillOf, streamOf, streamSettings } from '@parley/dto';
import { natsOptions } from '@parley/platform';

/** What stands in a stream, as its broker tells it. */
export interface StoredMessage {
  seq: number;
  subject: string;
  /** Of the event; empty for what is none. */
  id: string;
}

const REPEATS = 'Repeats';
const BALLOON = 'BALLOON';
const CHUNK = 900_000;
const SMALL = 500;
/** Bytes that may still be there in pages of files when a disk is full. */
const LEFT_OVER = 50_000;

const isMissing = (error: unknown): boolean => error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
const storedMessage = ({ seq, subject, headers: h }: JsMsg): StoredMessage => ({ seq, subject, id: h?.get('Nats-Msg-Id') || h?.get(REPEATS) || '' });

/** One connection as somebody who may do everything, for as long as the work takes. */
export async function onBroker<T>(url: string, use: (nc: NatsConnection) => Promise<T>): Promise<T> {
  const { waitOnFirstConnect: _, ...options } = natsOptions(url, 'tester');
  const nc = await connect({ ...options, maxReconnectAttempts: 20 });
  return use(nc).finally(() => nc.close());
}

/** Every message of a stream, in its order, without the payloads; nothing for a stream that is not there. */
export function readStream(url: string, stream: string, subject = '>'): Promise<StoredMessage[]> {
  return onBroker(url, async (nc) => {
    const consumer = await jetstream(nc).consumers.get(stream, { deliver_policy: DeliverPolicy.All, headers_only: true, filter_subjects: subject });
    const { num_pending } = await consumer.info();
    const stored: StoredMessage[] = [];
    if (num_pending === 0) return stored;
    const messages = await consumer.consume({ max_messages: 1_000 });
    for await (const message of messages) {
      stored.push(storedMessage(message));
      if (message.info.pending === 0) break;
    }
    return stored;
  });
}

/** Publishes past the relay, in the order given, and without the id by which a stream knows repeats. `repeats`: the id of the event that it is. */
export function publishRaw(url: string, messages: readonly { subject: string; payload: string; repeats?: string }[]): Promise<void> {
  return onBroker(url, async (nc) => {
    for (const { subject, payload, repeats } of messages) {
      const h = headers();
      if (repeats !== undefined) h.set(REPEATS, repeats);
      await jetstream(nc).publish(subject, payload, { headers: h });
    }
  });
}

/** Takes messages from a durable for 2 s in its owner's place, or beside it, and never says what became of them. */
export function stealFrom(url: string, stream: string, durable: string, count: number): Promise<StoredMessage[]> {
  return onBroker(url, async (nc) => {
    const consumer = await jetstream(nc).consumers.get(stream, durable);
    const stolen = await consumer.fetch({ max_messages: count, expires: 2_000 });
    const taken: StoredMessage[] = [];
    for await (const message of stolen) taken.push(storedMessage(message));
    return taken;
  });
}

/** What a durable has still to do, in messages. */
export interface Backlog {
  /** Given to somebody, and not acknowledged. */
  underWay: number;
  /** Not given to anybody. */
  toCome: number;
  /** The last sequence that was given to somebody. */
  givenUpTo: number;
}

export function backlogOf(url: string, stream: string, durable: string): Promise<Backlog> {
  return onBroker(url, async (nc) => {
    const { num_ack_pending, num_pending, delivered } = await (await jetstreamManager(nc)).consumers.info(stream, durable);
    return { underWay: num_ack_pending, toCome: num_pending, givenUpTo: delivered.stream_seq };
  });
}

/** When a stream was made, and from where to where it has messages. */
export interface StreamMark {
  created: string;
  /** One more than the last, if it is empty. */
  firstSeq: number;
  lastSeq: number;
  /** The id of the ledger behind which it begins. */
  behind: number;
}

/** Nothing for a stream that is not there. */
export function markOf(url: string, stream: string): Promise<StreamMark | undefined> {
  return onBroker(url, async (nc) => {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const info = await jsm.streams.info(stream).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error as Error)));
    if (!info) return undefined;
    const { behind } = JSON.parse(info.config.description || '{}') as { behind?: { id: number } };
    return { created: info.created, firstSeq: info.state.first_seq, lastSeq: info.state.last_seq, behind: behind?.id ?? 0 };
  });
}

/** As somebody does who wants to make room: nothing of it stays but its sequence. */
export function purgeStream(url: string, stream: string): Promise<void> {
  return onBroker(url, async (nc) => void (await (await jetstreamManager(nc)).streams.purge(stream)));
}

/** Tells the relay what a consumer does that misses messages; nothing while there is no stream. */
export async function missMessages(url: string, owner: Owner): Promise<void> {
  const mark = await markOf(url, streamOf(owner));
  if (mark) await onBroker(url, async (nc) => (nc.publish(refillOf(owner), mark.created), nc.flush()));
}

/** From now on messages older than that are forgotten; repeats are not known for longer than messages live. No limit in between: else the server looks only when the old one is over. */
export function limitAge(url: string, stream: string, ms: number): Promise<void> {
  return onBroker(url, async (nc) => {
    const { streams } = await jetstreamManager(nc);
    await streams.update(stream, { max_age: 0 });
    await streams.update(stream, { max_age: nanos(ms), duplicate_window: Math.min(nanos(ms), streamSettings('session').duplicate_window) });
  });
}

/** Makes a stream of its own and fills what JetStream may store until it refuses, at most with so many bytes. */
export function inflateBalloon(url: string, bytes: number): Promise<void> {
  return onBroker(url, async (nc) => {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    await jsm.streams.add({ name: BALLOON, subjects: ['balloon'], storage: StorageType.File, retention: RetentionPolicy.Limits });
    for (const size of [CHUNK, 10_000, SMALL]) await fillWith(nc, size, (2 * bytes) / size);
  });
}

/** Whether JetStream refuses what would fit in the last corner of a disk. */
export function fillBalloon(url: string): Promise<boolean> {
  return onBroker(url, (nc) => fillWith(nc, SMALL, LEFT_OVER / SMALL));
}

/** Until it refuses: true if it did. */
async function fillWith(nc: NatsConnection, size: number, times: number): Promise<boolean> {
  const chunk = new Uint8Array(size);
  for (let n = 0; n < times; n++) {
    const taken = await jetstream(nc).publish('balloon', chunk).then(() => true, () => false); // it says so, or nothing at all
    if (!taken) return true;
  }
  return false;
}

export function burstBalloon(url: string): Promise<void> {
  return onBroker(url, async (nc) => {
    await (await jetstreamManager(nc, { checkAPI: false })).streams.delete(BALLOON);
  });
}

/** From now on a stream is kept by that many nodes of its cluster. */
export function replicate(url: string, stream: string, replicas: number): Promise<void> {
  return onBroker(url, async (nc) => {
    await (await jetstreamManager(nc)).streams.update(stream, { num_replicas: replicas });
  });
}

/** The name of the node that leads a stream. */
export function leaderOfStream(url: string, stream: string): Promise<string | undefined> {
  return onBroker(url, async (nc) => (await (await jetstreamManager(nc)).streams.info(stream)).cluster?.leader);
}
