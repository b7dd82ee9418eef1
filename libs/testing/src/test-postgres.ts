import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '../../../tools/stack/postgres.js';
import { signalProcess } from '../../../tools/stack/running.js';
import { tempFolder } from './temp-folder.js';

export interface TestPostgresOptions {
  /** Where its cluster lies; a folder of its own unless told. The unprivileged user must reach it. */
  folder?: string;
  /** True: what it committed outlives a power cut. Not unless told. */
  durable?: boolean;
}

export interface TestPostgres {
  /** As superuser, database `postgres`. */
  readonly url: string;
  readonly version: string;
  /** All its processes, as they are now. */
  pids(): number[];
  /** At once, with every process of it, as in an accident; `restart` brings it back. */
  kill(): Promise<void>;
  /** Same port, same cluster; kills it first if it runs. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL server that nobody else uses: for what ends or harms a server. */
export async function testPostgres({ folder: given, durable = false }: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = tempFolder('postgres');
  const options = { dir: join(given ?? folder.path, 'postgres'), logFile: join(folder.path, 'postgres.log'), password: 'test', durable, maxConnections: 300 };
  let server = await startReleased(options);
  const pids = (): number[] => [server.child.pid, ...childrenOf(server.child.pid)];
  const kill = async (): Promise<void> => {
    const all = server.child.hasExited() ? [] : pids();
    for (const pid of all) signalProcess(pid, 'SIGKILL');
    await server.child.kill();
  };
  return {
    url: server.url,
    version: server.version,
    pids,
    kill,
    restart: async () => {
      await kill();
      server = await startReleased({ ...options, port: server.port });
    },
    stop: async () => {
      await server.child.stop();
      folder.remove();
    },
  };
}

async function startReleased(options: Parameters<typeof startPostgres>[0]): Promise<Postgres> {
  const server = await startPostgres(options);
  server.child.release();
  return server;
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it ended while we looked
  }
}
