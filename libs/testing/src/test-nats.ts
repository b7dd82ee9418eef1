import { join } from 'node:path';
import { startNats } from '../../../tools/stack/nats.js';
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
  const options = { dir: join(folder.path, 'nats'), logFile: join(folder.path, 'nats.log'), token: 'test-token' };
  let nats = await startNats(options);
  const kill = (): Promise<void> => nats.child.kill();
  return {
    url: nats.url,
    kill,
    restart: async () => {
      await kill();
      nats = await startNats({ ...options, port: nats.port });
    },
    stop: async () => {
      await nats.child.stop();
      folder.remove();
    },
  };
}
