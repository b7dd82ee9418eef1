import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../../tools/stack/ports.js';

/** What became of connections, and of the pieces that passed over them, since it began. */
export interface Harm {
  /** Connections that came while it was cut. */
  refused: number;
  /** Pieces that nobody got. */
  swallowed: number;
  /** Pieces that came late. */
  delayed: number;
}

export interface TcpProxy {
  readonly port: number;
  readonly harm: Readonly<Harm>;
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
  /** Pieces on their way to a socket, in their order. */
  private readonly waiting = new WeakMap<Socket, Buffer[]>();
  private readonly server: Server;
  readonly harm: Harm = { refused: 0, swallowed: 0, delayed: 0 };

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
  }

  slow(ms: number): void {
    this.mode = { kind: 'slow', ms };
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
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    if (this.mode.kind === 'cut') return this.refuse(client);
    const server = connect({ port: this.target, host: '127.0.0.1' });
    this.pipe(client, server);
    this.pipe(server, client);
  }

  private refuse(client: Socket): void {
    this.harm.refused += 1;
    client.destroy();
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

  /** Behind a piece that waits every other one of its connection waits. */
  private pass(piece: Buffer, to: Socket): void {
    const { mode } = this;
    const waiting = this.waiting.get(to) ?? [];
    if (mode.kind === 'frozen' || mode.kind === 'cut') this.harm.swallowed += 1;
    else if (mode.kind === 'slow' || waiting.length > 0) this.delay(piece, to, waiting, mode.kind === 'slow' ? mode.ms : 0);
    else if (to.writable) to.write(piece);
  }

  private delay(piece: Buffer, to: Socket, waiting: Buffer[], ms: number): void {
    this.waiting.set(to, waiting);
    waiting.push(piece);
    setTimeout(() => this.passNext(to, waiting), ms);
  }

  /** The one that has waited longest, whichever the timer was set for. */
  private passNext(to: Socket, waiting: Buffer[]): void {
    const piece = waiting.shift();
    if (!piece || !to.writable) return;
    this.harm.delayed += 1;
    to.write(piece);
  }
}
