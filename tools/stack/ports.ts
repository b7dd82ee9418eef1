import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** Whether a server of ours could listen there now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/**
 * A free port below the range from which the system draws the local ends of outgoing connections: a process that dies and comes
 * back must find its port free, and a port of that range may by then belong to some client's connection.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(15_000, 32_000);
    if (await isPortFree(port)) return port;
  }
  throw new Error('No free port found between 15000 and 32000 on 127.0.0.1');
}

export async function freePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const ports = new Set<number>();
  while (ports.size < names.length) ports.add(await freePort());
  const drawn = [...ports];
  return Object.fromEntries(names.map((name, at) => [name, drawn[at]])) as Record<Name, number>;
}

export function canConnect(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host }, () => done(true));
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('error', () => done(false));
    socket.setTimeout(500, () => done(false));
  });
}
