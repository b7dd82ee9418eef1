import { join } from 'node:path';
import { eventsNameOf, keptIdentities, makerName, natsUrlWith, type Permissions } from '../../../tools/stack/nats-identities.js';
import { startNats, type Nats, type NatsOptions } from '../../../tools/stack/nats.js';
import { startStreamMaker, type StreamMaker } from '../../../tools/stack/stream-maker.js';
import { tempFolder } from './temp-folder.js';

export interface TestNatsOptions {
  /** Where its store lies; a folder of its own unless told. */
  folder?: string;
  port?: number;
  /** True: what it acknowledged outlives a power cut. Not unless told. */
  durable?: boolean;
  /** Where the keys of the identities lie; several servers of one cluster share them. */
  keys?: string;
  /** More lines of configuration: within JetStream's block, and beside it. */
  jetstream?: readonly string[];
  more?: readonly string[];
}

export interface TestNats {
  /** All that it keeps; to be touched only while it is down. */
  readonly store: string;
  readonly version: string;
  /** Its process; another one after each restart. */
  pid(): number;
  /** For somebody who may do everything. */
  url: string;
  /** For one of the identities that the server was started with; for events as `<name>-events`, if there is one. */
  urlOf(name: string): string;
  /** Its stream maker; it runs unless it was stopped. */
  stopMaker(): Promise<void>;
  startMaker(): Promise<void>;
  /** In good order, and forgets everything. */
  stop(): Promise<void>;
  /** At once, as in an accident; `restart` brings it back. */
  kill(): Promise<void>;
  /** Same port, same store; kills it first if it runs. */
  restart(): Promise<void>;
}

const everything: Permissions = { publish: ['>'], subscribe: ['>'] };

/**
 * A NATS server with JetStream that nobody else uses, with its stream maker. Besides somebody who may do everything, these may connect,
 * with these permissions.
 */
export async function testNats(identities: Readonly<Record<string, Permissions>> = {}, more: TestNatsOptions = {}): Promise<TestNats> {
  const folder = tempFolder('nats');
  const fileOf = (name: string): string => join(more.keys ?? folder.path, `${name}.identity`);
  const access = keptIdentities({ tester: everything, ...identities }, fileOf);
  const options = { durable: false, ...more, dir: join(more.folder ?? folder.path, 'nats'), logFile: join(folder.path, 'nats.log'), access };
  let nats = await startReleased(options);
  const kill = (): Promise<void> => nats.child.kill();
  const urlOf = (name: string): string => natsUrlWith(`nats://127.0.0.1:${nats.port}`, fileOf(name), eventsNameOf(name) in identities ? fileOf(eventsNameOf(name)) : undefined);
  let maker: StreamMaker | undefined;
  const startMaker = async (): Promise<void> => {
    maker = startStreamMaker(urlOf(makerName in identities ? makerName : 'tester'));
    await maker.ready;
  };
  const stopMaker = async (): Promise<void> => maker?.stop();
  await startMaker();
  return {
    url: urlOf('tester'),
    urlOf,
    store: join(options.dir, 'jetstream'),
    version: nats.version,
    pid: () => nats.child.pid,
    kill,
    stopMaker,
    startMaker,
    restart: async () => {
      await kill();
      nats = await startReleased({ ...options, port: nats.port });
    },
    stop: async () => {
      await stopMaker();
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
