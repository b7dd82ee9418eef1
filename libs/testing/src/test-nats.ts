import { join } from 'node:path';
import { startNats, type Nats, type NatsOptions } from '../../../tools/stack/nats.js';
import { tempFolder } from './temp-folder.js';

export interface TestNats {
  /** With its token, as the services get it. */
  url: string;
  /** In good order, and forgets everything. */
  stop(): Promise<void>;
  /** At once, as in an accident; `restart` brings it back. */
  kill(): Promise<void>;
  /** Same port, same store; kills it first if it runs. */
  restart(): Promise<void>;
}

/** A NATS server with JetStream that nobody else uses. */
export async function testNats(): Promise<TestNats> {
  const folder = tempFolder('nats');
  const options = { dir: join(folder.path, 'nats'), logFile: join(folder.path, 'nats.log'), token: 'test-token', durable: false };
  let nats = await startReleased(options);
  const kill = (): Promise<void> => nats.child.kill();
  return {
    url: nats.url,
    kill,
    restart: async () => {
      await kill();
      nats = await startReleased({ ...options, port: nats.port });
    },
    stop: async () => {
      await nats.child.stop();
      folder.remove();
    },
  };
}

/** A spec that fails before it stops the server must not keep jest from ending. */
async function startReleased(options: NatsOptions): Promise<Nats> {
  const nats = await startNats(options);
  nats.child.release();
  return nats;
}
