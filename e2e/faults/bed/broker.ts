import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { freePort, type Permissions, testNats, type TestNats } from '@parley/testing';

export interface BrokerOptions {
  nodes: 1 | 3;
  identities: Record<string, Permissions>;
  keys: string;
  folder?: string;
}

/** Small enough to be filled in a moment. */
export const STORE_BYTES = 48_000_000;

/** NATS as one node, or as a cluster of three, whose stores can be lost or taken back in time. */
export interface Broker {
  readonly first: TestNats;
  readonly nodes: readonly { name: string; nats: TestNats }[];
  /** As somebody who may do everything, past any proxy. */
  readonly url: string;
  readonly port: number;
  urlOf(name: string): string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** It comes back with nothing. */
  restartEmpty(): Promise<void>;
  /** What the store holds now, for `restartFromCopy`. */
  copyStore(): void;
  restartFromCopy(): Promise<void>;
  stop(): Promise<void>;
}

const portOf = (url: string): number => Number(/:(\d+)/.exec(url.replace('nats://', ''))?.[1]);

export async function startBroker({ nodes, identities, keys, folder }: BrokerOptions): Promise<Broker> {
  mkdirSync(keys, { recursive: true });
  const shared = { keys, jetstream: [`max_file_store: ${STORE_BYTES}`], ...(folder === undefined ? {} : { folder }) };
  const configs = nodes === 1 ? [{ name: 'n0', more: [] }] : await clusterConfigs();
  const started = await Promise.all(configs.map(async ({ name, more }) => ({ name, nats: await testNats(identities, { ...shared, more }) })));
  const first = started[0]?.nats;
  if (!first) throw new Error('A broker has at least one node');
  const all = (what: (nats: TestNats) => Promise<void>): Promise<unknown> => Promise.all(started.map(({ nats }) => what(nats)));
  const urlOf = (name: string): string => started.map(({ nats }, n) => (n === started.length - 1 ? nats.urlOf(name) : `nats://127.0.0.1:${portOf(nats.url)}`)).join(',');
  const copyOf = (store: string): string => `${store}.copy`;
  return {
    first,
    nodes: started,
    url: urlOf('tester'),
    port: portOf(first.url),
    urlOf,
    kill: async () => void (await all((nats) => nats.kill())),
    restart: async () => void (await all((nats) => nats.restart())),
    stop: async () => void (await all((nats) => nats.stop())),
    copyStore: () => {
      rmSync(copyOf(first.store), { recursive: true, force: true });
      if (existsSync(first.store)) cpSync(first.store, copyOf(first.store), { recursive: true });
    },
    restartEmpty: async () => {
      await first.kill();
      rmSync(first.store, { recursive: true, force: true });
      await first.restart();
    },
    restartFromCopy: async () => {
      await first.kill();
      rmSync(first.store, { recursive: true, force: true });
      renameSync(copyOf(first.store), first.store);
      await first.restart();
    },
  };
}

async function clusterConfigs(): Promise<{ name: string; more: string[] }[]> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
  return ports.map((port, n) => ({ name: `n${n}`, more: [`server_name: n${n}`, `cluster { name: parley, listen: "127.0.0.1:${port}", routes: [${routes}] }`] }));
}
