import type { OrgCredentials } from '../../../tools/stack/demo-data.js';
import type { ServiceName } from '../../../tools/stack/services.js';

export type { OrgCredentials, ServiceName };

export interface SystemOptions {
  /** How many processes of a service; one unless said. */
  copies?: Partial<Record<ServiceName, number>>;
  /** More environment for a service. */
  env?: Partial<Record<ServiceName, Record<string, string>>>;
}

export interface SystemProcess {
  readonly name: ServiceName;
  readonly index: number;
  readonly pid: number;
  readonly healthUrl: string;
  kill(signal: NodeJS.Signals): void;
  /** All it has printed so far, restarts included. */
  logs(): string;
}

/** The five services as real processes, on a database and a broker of their own. */
export interface System extends OrgCredentials {
  /** Of the first gateway. */
  readonly baseUrl: string;
  /** Of every gateway. */
  readonly baseUrls: string[];
  /** Superuser on the system's database. */
  readonly adminDatabaseUrl: string;
  readonly natsUrl: string;
  /** The operator’s. */
  readonly adminToken: string;
  readonly processes: readonly SystemProcess[];
  /** Stops that process if it runs, and starts it again with the same environment; settled when it is ready. */
  restart(name: ServiceName, index?: number): Promise<void>;
  /** One more organisation. */
  seedOrg(name: string): Promise<OrgCredentials>;
  stop(): Promise<void>;
}
