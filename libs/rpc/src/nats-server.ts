import { errors, type Msg, type NatsConnection, type Subscription, type SubscriptionOptions } from '@nats-io/transport-node';
import { answerTooLarge, type AppErrorShape, unavailable } from '@parley/dto';
import { natsOptions } from '@parley/platform';
import { type MessageHandler, type NatsContext, ServerNats } from '@nestjs/microservices';

/** Requests in work and waiting, per process. What comes on top is told to come back, so that memory stays bounded. */
const MAX_IN_WORK = 1024;
/** Each step of a drain waits at most so long. Milliseconds. */
const DRAIN_MS = 2000;

/**
 * Nest's NATS transport with two things it lacks: a drain (its own graceful shutdown sleeps for a fixed time), and a bound on the
 * work taken on.
 */
export class NatsServer extends ServerNats {
  private readonly open: Subscription[] = [];
  private connection: NatsConnection | undefined;
  private readonly inWork = new Set<Msg>();
  private idle: (() => void) | undefined;

  constructor(service: string, natsUrl: string) {
    super({ ...natsOptions(natsUrl, service), queue: service });
  }

  override bindEvents(connection: NatsConnection): void {
    this.connection = connection;
    super.bindEvents({
      subscribe: (subject: string, options: SubscriptionOptions) => {
        const subscription = connection.subscribe(subject, options);
        this.open.push(subscription);
        return subscription;
      },
    });
  }

  /** JetStream delivers a stored message on whatever reply subject it is asked with, so for somebody who may not send there; its own subject tells. */
  override async handleMessage(channel: string, message: Msg): Promise<void> {
    if (message.subject !== channel) return;
    if (this.inWork.size >= MAX_IN_WORK) return refuse(message);
    try {
      await super.handleMessage(channel, message);
    } catch (error) {
      this.done(message);
      throw error;
    }
  }

  /** A subject is the name of its handler. Nest tries first whether it is JSON, which makes an error for each request. */
  override getHandlerByPattern(subject: string): MessageHandler | null {
    return this.messageHandlers.get(subject) ?? null;
  }

  /** Called for each request that wants an answer. Nest answers after `handleMessage` has returned: the work is over with the last part. */
  override getPublisher(message: Msg, id: string, context: NatsContext): (response: { isDisposed?: boolean }) => void {
    const publish = super.getPublisher(message, id, context);
    this.inWork.add(message);
    return (response) => {
      try {
        publish(response);
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        publish({ err: answerTooLarge().toJSON(), isDisposed: true });
      } finally {
        if (response.isDisposed) this.done(message);
      }
    };
  }

  /**
   * Stops listening, lets what is in work finish and answer, and closes. A subscription is drained, not cancelled: what the broker has
   * already sent here would be lost, and its caller would wait for nothing.
   */
  override async close(): Promise<void> {
    await within(DRAIN_MS, Promise.allSettled(this.open.splice(0).map((subscription) => subscription.drain())));
    await within(DRAIN_MS, this.finished());
    if (this.isConnected()) await within(DRAIN_MS, this.connection?.flush());
    await super.close();
  }

  /** Rejects while no request could arrive here. */
  async check(): Promise<void> {
    if (!this.isConnected()) throw new Error('not connected to NATS');
    await this.connection?.flush();
  }

  private isConnected(): boolean {
    return this.connection !== undefined && !this.connection.isClosed();
  }

  private done(message: Msg): void {
    this.inWork.delete(message);
    if (this.inWork.size === 0) this.idle?.();
  }

  private finished(): Promise<void> {
    if (this.inWork.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.idle = resolve;
    });
  }
}

/** Of a message that the broker would not take: nothing of it was sent. */
const isTooLarge = (error: unknown): boolean => error instanceof errors.InvalidArgumentError && error.message.includes('max_payload');

/** Waits for it, but not for ever: NATS may be away just now. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Answers in the transport's own form. */
function refuse(message: Msg): void {
  const { id } = message.json<{ id?: string }>();
  const err: AppErrorShape = unavailable('The service', { reason: 'overloaded' }).toJSON();
  if (id) message.respond(JSON.stringify({ err, isDisposed: true, id }));
}
