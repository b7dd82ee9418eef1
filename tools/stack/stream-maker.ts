import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect, type ConnectionOptions, type Msg, nanos, type NatsConnection } from '@nats-io/transport-node';
import { DurableWish, durableWishOf, onlySubjectOf, type Owner, owners, streamOf, streamSettings, StreamWish, streamWishOf } from '@parley/dto';
import { natsOptions } from '../../libs/platform/src/nats-options.js';
import { reasonOf } from './failure.js';
import { sleep } from './wait.js';

/** Several makers share the work; any of them will do. */
const QUEUE = 'makers';
const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;
/** Tries; a server that has just been started may take a few. */
const WORTH_A_WORD = 20;
/** Some wishes take two questions, and who wishes waits for 8 s. */
const ASKING_MS = 3_000;
const ACK_WAIT_MS = 30_000;
const MAX_ACK_PENDING = 1_000;

export interface StreamMaker {
  /** Settled when it answers for the first time; it tries until it is stopped, and says so once. */
  ready: Promise<void>;
  /** Rejects while it could not do anything. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes and removes the streams and durables of everybody, as the one identity that may. Who asks says which, by the subject that only
 * they may send on, and nothing of what it is to be like: with words of their own in its configuration a service could
 * read the streams of others, and speak in their names.
 */
export function startStreamMaker(natsUrl: string, say: (line: string) => void = () => undefined): StreamMaker {
  const stopping = new AbortController();
  let nc: NatsConnection | undefined;
  const begin = async (): Promise<void> => {
    nc = await connectUntil(stopping.signal, say, { ...natsOptions(natsUrl, 'stream maker'), waitOnFirstConnect: false, timeout: CONNECT_TIMEOUT_MS });
    if (!nc) return;
    const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: ASKING_MS });
    const callback = (error: Error | null, message: Msg): void => void (error ?? answer(jsm, message, say));
    nc.subscribe('make.>', { queue: QUEUE, callback });
    await nc.flush().catch(() => undefined);
  };
  const ready = begin();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ready;
    await nc?.close();
  };
  const check = async (): Promise<void> => {
    if (!nc) throw new Error('not connected to NATS');
    await nc.flush();
  };
  return { ready, check, stop };
}

/** The first connection, which the client would otherwise wait for until the process ends; later it connects again by itself. */
async function connectUntil(signal: AbortSignal, say: (line: string) => void, options: ConnectionOptions): Promise<NatsConnection | undefined> {
  for (let tries = 0; !signal.aborted; tries++, await sleep(RETRY_MS)) {
    const nc = await connect(options).catch((error: unknown) => {
      if (tries === WORTH_A_WORD) say(`the stream maker is not let in at NATS (${reasonOf(error)}); it goes on trying`);
    });
    if (nc) return nc;
  }
  return undefined;
}

/** Only to an inbox: elsewhere it would be said in our name what somebody else may not say. */
async function answer(jsm: JetStreamManager, message: Msg, say: (line: string) => void): Promise<void> {
  if (!message.reply?.startsWith('_INBOX_')) return;
  const told = await fulfil(jsm, message).then((made) => ({ made }), (error: unknown) => ({ error: reasonOf(error) }));
  say(`${message.subject}: ${'error' in told ? told.error : 'done'}`);
  message.respond(JSON.stringify(told));
}

async function fulfil(jsm: JetStreamManager, message: Msg): Promise<unknown> {
  const [, owner, kind, name = ''] = message.subject.split('.');
  const of = owners.find((each) => each === owner);
  if (of && message.subject === streamWishOf(of)) return aboutStream(jsm, of, parse(StreamWish, message));
  if (of && kind === 'durable' && message.subject === durableWishOf(of, name)) return aboutDurable(jsm, { owner: of, name }, parse(DurableWish, message));
  throw new Error(`Nothing is made on ${message.subject}`);
}

async function aboutStream(jsm: JetStreamManager, owner: Owner, wish: StreamWish): Promise<unknown> {
  const name = streamOf(owner);
  if (wish.act === 'settle') return jsm.streams.update(name, streamSettings(owner));
  if (wish.act === 'remove') return (await jsm.streams.info(name)).created === wish.created && jsm.streams.delete(name);
  const { description, replicas } = wish;
  return jsm.streams.add({ name, ...streamSettings(owner), storage: StorageType.File, retention: RetentionPolicy.Limits, num_replicas: replicas, description });
}

async function aboutDurable(jsm: JetStreamManager, { owner, name }: { owner: Owner; name: string }, wish: DurableWish): Promise<unknown> {
  if (wish.act === 'remove') return jsm.consumers.delete(streamOf(owner), name);
  return jsm.consumers.add(streamOf(owner), durableSettings(owner, name, wish.start));
}

const durableSettings = (owner: Owner, name: string, start: number | undefined): Partial<ConsumerConfig> => ({
  durable_name: name,
  ...filter(onlySubjectOf(owner, name)),
  ack_policy: AckPolicy.All, // nothing is acknowledged before what comes before it
  ack_wait: nanos(ACK_WAIT_MS),
  max_ack_pending: MAX_ACK_PENDING,
  max_deliver: -1,
  ...(start === undefined ? { deliver_policy: DeliverPolicy.All } : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start }),
});

const filter = (subject: string | undefined): Partial<ConsumerConfig> => (subject === undefined ? {} : { filter_subject: subject });

function parse<T>(schema: { safeParse(data: unknown): { data?: T } }, message: Msg): T {
  const wish = schema.safeParse(jsonOf(message)).data;
  if (wish === undefined) throw new Error(`What is wished on ${message.subject} can't be read`);
  return wish;
}

function jsonOf(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
