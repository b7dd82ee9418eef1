import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../../tools/stack/ports.js';

export interface TcpProxy {
  readonly port: number;
  /** Connections that were broken, held or delayed since it began. */
  readonly harmed: number;
  /** Breaks every connection and refuses new ones, until healed. */
  cut(): void;
  /** Nothing passes any more, in either direction, and nobody is told. */
  freeze(): void;
  /** Each piece waits that long, in ms; the order is kept. */
  slow(ms: number): void;
  /** New connections pass. What was frozen stays lost: those connections are broken, as a router forgets them. */
  heal(): void;
  stop(): Promise<void>;
}

type Mode = { kind: 'open' } | { kind: 'cut' } | { kind: 'frozen' } | { kind: 'slow'; ms: number };

/** Stands between the services and a server on this machine, and harms their connections on command. */
export async function tcpProxy(target: number): Promise<TcpProxy> {
  const port = await freePort();
  const proxy = new Proxying(target);
  await proxy.listen(port);
  return Object.assign(proxy, { port });
}

class Proxying {
  private mode: Mode = { kind: 'open' };
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  harmed = 0;

  constructor(private readonly target: number) {
    this.server = createServer((client) => this.join(client));
    this.server.unref();
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  cut(): void {
    this.mode = { kind: 'cut' };
    this.breakAll();
  }

  freeze(): void {
    this.mode = { kind: 'frozen' };
    this.harmed += this.sockets.size;
  }

  slow(ms: number): void {
    this.mode = { kind: 'slow', ms };
    this.harmed += this.sockets.size;
  }

  heal(): void {
    if (this.mode.kind === 'frozen') this.breakAll();
    this.mode = { kind: 'open' };
  }

  stop(): Promise<void> {
    this.breakAll();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private breakAll(): void {
    this.harmed += this.sockets.size;
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    if (this.mode.kind === 'cut') return void client.destroy();
    const server = connect({ port: this.target, host: '127.0.0.1' });
    this.pipe(client, server);
    this.pipe(server, client);
  }

  private pipe(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.unref();
    from.setNoDelay(true);
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.on('data', (piece) => this.pass(piece, to));
  }

  /** Timers of one length fire in the order in which they were set. */
  private pass(piece: Buffer, to: Socket): void {
    const { mode } = this;
    if (mode.kind === 'frozen' || mode.kind === 'cut') return;
    if (mode.kind === 'slow') setTimeout(() => to.writable && to.write(piece), mode.ms);
    else if (to.writable) to.write(piece);
  }
}
