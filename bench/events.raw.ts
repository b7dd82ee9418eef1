import { AckPolicy, jetstream, type JetStreamManager, jetstreamManager, type JsMsg, type StreamConfig } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { natsOptions } from '@parley/platform';

const STREAM = 'RAW';

/** The bare JetStream client on the same server: the limit of what relay and consumers can reach. */
export class RawClient {
  private constructor(
    private readonly nc: NatsConnection,
    readonly jsm: JetStreamManager,
  ) {}

  static async open(natsUrl: string): Promise<RawClient> {
    const nc = await connect({ ...natsOptions(natsUrl), waitOnFirstConnect: false });
    return new RawClient(nc, await jetstreamManager(nc));
  }

  /** Makes an empty stream with the settings of another one. */
  async makeStreamLike(name: string): Promise<void> {
    await this.dropStream(STREAM);
    const { config } = await this.jsm.streams.info(name);
    const { max_age, duplicate_window, retention, storage }: StreamConfig = config;
    await this.jsm.streams.add({ name: STREAM, subjects: ['raw.>'], max_age, duplicate_window, retention, storage });
  }

  async dropStream(name: string): Promise<void> {
    await this.jsm.streams.delete(name).catch(() => undefined);
  }

  async dropDurable(stream: string, name: string): Promise<void> {
    await this.jsm.consumers.delete(stream, name).catch(() => undefined);
  }

  /** How many messages are stored; 0 without the stream. */
  async stored(name: string): Promise<number> {
    return this.jsm.streams.info(name).then(({ state }) => state.messages, () => 0);
  }

  /** Publishes them all, so many in flight at a time, until each is acknowledged. Milliseconds. */
  async publish(payloads: readonly string[], inFlight: number): Promise<number> {
    const js = jetstream(this.nc);
    let next = 0;
    const started = performance.now();
    const one = async (): Promise<void> => {
      for (let n = next++; n < payloads.length; n = next++) await js.publish('raw.event', payloads[n]);
    };
    await Promise.all(Array.from({ length: inFlight }, one));
    return performance.now() - started;
  }

  /** Takes `count` messages of a stream through a durable of its own and acknowledges them as a consumer does, so many at once. Milliseconds. */
  async consume(stream: string, count: number, maxMessages: number): Promise<number> {
    await this.jsm.consumers.add(stream, { durable_name: 'raw', ack_policy: AckPolicy.All, max_ack_pending: 2 * maxMessages });
    const consumer = await jetstream(this.nc).consumers.get(stream, 'raw');
    const started = performance.now();
    let taken = 0;
    await new Promise<void>((resolve, reject) => {
      const callback = (message: JsMsg): void => {
        taken += 1;
        if (taken % maxMessages === 0 || taken === count) message.ack();
        if (taken === count) resolve();
      };
      consumer.consume({ max_messages: maxMessages, callback }).catch(reject);
    });
    await this.nc.flush();
    const took = performance.now() - started;
    await this.jsm.consumers.delete(stream, 'raw');
    return took;
  }

  close(): Promise<void> {
    return this.nc.close();
  }
}
