import type { DataDir } from './data-dir.js';
import type { Unit } from './keeper.js';
import { identitiesOfListeners } from './listeners.js';
import { startNats } from './nats.js';
import { identitiesOf, keptIdentities, type Listener, makerName, natsUrlWith, systemIdentities } from './nats-identities.js';
import { freePort } from './ports.js';
import { startPostgres } from './postgres.js';
import { keptSecret } from './secrets.js';
import type { ServiceName } from './services.js';

/** A server of ours: a unit to keep alive, and where it is found while it is. */
export interface InfraUnit extends Unit {
  port: number;
  url: string;
}

type Say = (line: string) => void;

/** The port stays the same over restarts, so that whoever was connected finds it again. */
export async function postgresUnit(dataDir: DataDir, say: Say): Promise<InfraUnit> {
  const port = await freePort();
  const password = keptSecret(dataDir.secret('postgres-admin'));
  const options = { dir: dataDir.postgres(), logFile: dataDir.log('postgres'), password, port };
  return {
    name: 'postgres',
    port,
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    start: async (adopt) => {
      const { child, version } = await startPostgres(options);
      adopt(child);
      say(`PostgreSQL ${version} is up on port ${port}`);
    },
  };
}

export interface NatsUnit extends Unit {
  port: number;
  /** NATS_URL of each service. */
  urlOf: (service: ServiceName) => string;
  /** NATS_URL of the stream maker. */
  makerUrl: string;
  /** NATS_URL of each listener, by name. */
  listeners: Record<string, string>;
}

/** Each service comes with keys of its own, and may do there what its contracts say; each listener with one, to hear. */
export async function natsUnit(dataDir: DataDir, listeners: readonly Listener[], say: Say): Promise<NatsUnit> {
  const port = await freePort();
  const fileOf = (identity: string): string => dataDir.secret(`nats-${identity}`);
  const access = keptIdentities({ ...systemIdentities(), ...identitiesOfListeners(listeners) }, fileOf);
  return {
    listeners: Object.fromEntries(listeners.map(({ name }) => [name, natsUrlWith(`nats://127.0.0.1:${port}`, fileOf(name))])),
    name: 'nats',
    port,
    makerUrl: natsUrlWith(`nats://127.0.0.1:${port}`, fileOf(makerName)),
    urlOf: (service) => {
      const [requests = '', events] = Object.keys(identitiesOf(service)).map(fileOf);
      return natsUrlWith(`nats://127.0.0.1:${port}`, requests, events);
    },
    start: async (adopt) => {
      const { child, version } = await startNats({ dir: dataDir.file('nats'), logFile: dataDir.log('nats'), access, port, say });
      adopt(child);
      say(`NATS ${version} is up on port ${port}`);
    },
  };
}
