import type { DataDir } from './data-dir.js';
import type { Unit } from './keeper.js';
import { startNats } from './nats.js';
import { freePort } from './ports.js';
import { startPostgres } from './postgres.js';
import { keptSecret } from './secrets.js';

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

export async function natsUnit(dataDir: DataDir, say: Say): Promise<InfraUnit> {
  const port = await freePort();
  const token = keptSecret(dataDir.secret('nats-token'));
  return {
    name: 'nats',
    port,
    url: `nats://${token}@127.0.0.1:${port}`,
    start: async (adopt) => {
      const { child, version } = await startNats({ dir: dataDir.file('nats'), logFile: dataDir.log('nats'), token, port, say });
      adopt(child);
      say(`NATS ${version} is up on port ${port}`);
    },
  };
}
