import { DeliverPolicy, jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
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
      stored.push({ seq: message.seq, subject: message.subject, id: message.headers?.get('Nats-Msg-Id') || message.headers?.get(REPEATS) || '' });
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

/** Takes messages from a durable in its owner's place and never says what became of them. The number of them. */
export function stealFrom(url: string, stream: string, durable: string, count: number): Promise<number> {
  return onBroker(url, async (nc) => {
    const consumer = await jetstream(nc).consumers.get(stream, durable);
    const stolen = await consumer.fetch({ max_messages: count, expires: 2_000 });
    const taken: number[] = [];
    for await (const { seq } of stolen) taken.push(seq);
    return taken.length;
  });
}

/** Fills what JetStream may store until it refuses, at most `bytes`. True if it refused. */
export function inflateBalloon(url: string, bytes: number): Promise<boolean> {
  return onBroker(url, async (nc) => {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    await jsm.streams.add({ name: BALLOON, subjects: ['balloon'], storage: StorageType.File, retention: RetentionPolicy.Limits });
    const chunk = new Uint8Array(CHUNK);
    for (const size of [CHUNK, 10_000, 500]) {
      const full = await fillWith(nc, chunk.subarray(0, size), (2 * bytes) / size);
      if (!full) return false;
    }
    return true;
  });
}

async function fillWith(nc: NatsConnection, chunk: Uint8Array, times: number): Promise<boolean> {
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
