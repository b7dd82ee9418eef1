import { join } from 'node:path';
import { startPostgres, type Postgres } from '../../../tools/stack/postgres.js';
import { tempFolder } from './temp-folder.js';

/** A PostgreSQL server that nobody else uses, and that forgets nothing it has committed when it is killed. */
export interface TestPostgres {
  /** As superuser, database `postgres`. */
  url: string;
  stop(): Promise<void>;
  /** At once, as in an accident; `restart` brings it back. */
  kill(): Promise<void>;
  /** Same port, same cluster; kills it first if it runs. */
  restart(): Promise<void>;
}

export async function testPostgres(): Promise<TestPostgres> {
  const folder = tempFolder('postgres');
  const options = { dir: join(folder.path, 'cluster'), logFile: join(folder.path, 'postgres.log'), password: 'test', maxConnections: 200 };
  const start = async (port?: number): Promise<Postgres> => {
    const started = await startPostgres({ ...options, ...(port === undefined ? {} : { port }) });
    started.child.release(); // a spec that fails before it stops the server must not keep jest from ending
    return started;
  };
  let postgres = await start();
  const kill = (): Promise<void> => postgres.child.kill();
  return {
    url: postgres.url,
    kill,
    restart: async () => {
      await kill();
      postgres = await start(postgres.port);
    },
    stop: async () => {
      await postgres.child.stop();
      folder.remove();
    },
  };
}
