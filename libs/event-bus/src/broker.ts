import { setTimeout as pause } from 'node:timers/promises';
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';

/** Thrown by work that needs the broker while there is none; whoever runs the work tries again. */
export class BrokerAway extends Error {
  constructor() {
    super('NATS is not connected');
  }
}

const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;
const FLUSH_MS = 1_000;

/** The one connection for events. It is made in the background and made again for ever; nothing waits for it. */
export class Broker {
  private nc: NatsConnection | undefined;
  private up = false;
  private ups = 0;
  private stopped = false;
  private life: Promise<void> | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly on: {
      /** A new connection: subscribe. The client itself renews the subscriptions of one that comes back. */
      connect: (nc: NatsConnection) => void;
      /** It can be used, for the first time or again. */
      up: () => void;
    },
  ) {}

  start(): void {
    this.life ??= this.live();
  }

  /**
   * The connection, usable now. `check` throws once it was down, be it for a moment: messages and acknowledgements may have been
   * lost with it, and whoever relies on none being lost begins anew.
   */
  connection(): { nc: NatsConnection; check: () => void } {
    const { nc, ups } = this;
    if (!nc || !this.up) throw new BrokerAway();
    const check = (): void => {
      if (!this.up || this.ups !== ups) throw new BrokerAway();
    };
    return { nc, check };
  }

  /** Tells others on core NATS, if anybody can hear it; nothing depends on it. */
  whisper(subject: string, payload = ''): void {
    if (this.nc && this.up && !this.nc.isClosed()) this.nc.publish(subject, payload);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.nc && this.up) await Promise.race([this.nc.flush().catch(() => undefined), pause(FLUSH_MS)]); // the last acks
    await this.nc?.close();
    await this.life;
  }

  private async live(): Promise<void> {
    while (!this.stopped) {
      await this.session().catch(() => undefined);
      this.up = false;
      if (!this.stopped) await pause(RETRY_MS);
    }
  }

  /** `waitOnFirstConnect` can't be called off, so the first connection is tried for by ourselves. */
  private async session(): Promise<void> {
    const nc = await connect({ ...this.options, waitOnFirstConnect: false, timeout: CONNECT_TIMEOUT_MS });
    this.nc = nc;
    if (this.stopped) return nc.close();
    this.on.connect(nc);
    this.rise();
    void this.watch(nc);
    await nc.closed();
  }

  private async watch(nc: NatsConnection): Promise<void> {
    for await (const { type } of nc.status()) {
      if (type === 'disconnect') this.up = false;
      if (type === 'reconnect') this.rise();
    }
  }

  private rise(): void {
    this.up = true;
    this.ups++;
    this.on.up();
  }
}
