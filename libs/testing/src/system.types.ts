import type { OrgCredentials } from '../../../tools/stack/demo-data.js';
import type { Permissions } from '../../../tools/stack/nats-identities.js';
import type { ServiceName } from '../../../tools/stack/services.js';
import type { SystemDatabase } from './test-database.js';
import type { TestNats } from './test-nats.js';
import type { TestPostgres } from './test-postgres.js';

export type { OrgCredentials, ServiceName };

export interface SystemOptions {
  /** How many processes of a service; one unless said. */
  copies?: Partial<Record<ServiceName, number>>;
  /** The demo organisation is the one for which anybody may use OpenTok (`OPENTOK_PUBLIC_ORG_ID`), as in the local stack. */
  publicOpentok?: boolean;
  /** More environment for a service. */
  env?: Partial<Record<ServiceName, Record<string, string>>>;
  /** Used instead of a broker and a database of its own; whoever gives them ends them. The broker must know `systemIdentities`. */
  nats?: TestNats;
  database?: SystemDatabase;
  /** The folder with the compiled services, if it is not the one that production gets. */
  dist?: string | undefined;
  /** Who may connect to NATS besides the services. */
  natsIdentities?: Record<string, Permissions>;
  /** A database server that nobody else uses, so that it may be killed. */
  ownPostgres?: boolean;
}

export interface SystemProcess {
  readonly name: ServiceName;
  readonly index: number;
  readonly pid: number;
  readonly healthUrl: string;
  kill(signal: NodeJS.Signals): void;
  /** The folder with the compiled files that it is started from, from the next start on. */
  use(dist: string): void;
  /** All it has printed so far, restarts included. */
  logs(): string;
}

/** All that one process has printed so far. */
export interface ProcessLog {
  name: ServiceName;
  text: string;
}

/** The one system of a run that all specs share which need no other; the credentials are those of an organisation of one spec. */
export interface SharedSystem extends OrgCredentials, Pick<System, 'baseUrl' | 'baseUrls' | 'adminDatabaseUrl' | 'adminToken' | 'seedOrg'> {
  /** As `presence`, who may only hear what session-service tells. */
  readonly presenceNatsUrl: string;
  /** Of all processes, also what other specs brought about. */
  logs(): Promise<ProcessLog[]>;
}

/** The five services as real processes, on a database and a broker of their own. */
export interface System extends OrgCredentials {
  /** Of the first gateway. */
  readonly baseUrl: string;
  /** Of every gateway. */
  readonly baseUrls: string[];
  /** Superuser on the system's database. */
  readonly adminDatabaseUrl: string;
  /** For somebody who may do everything there. */
  readonly natsUrl: string;
  /** As a service, by its short name (`session`, `gateway`), or as one of `natsIdentities`. */
  natsUrlOf(name: string): string;
  /** Its broker. */
  readonly nats: Pick<TestNats, 'kill' | 'restart'>;
  /** Its database server; undefined: that of the run, which others use too. */
  readonly postgres: Pick<TestPostgres, 'kill' | 'restart'> | undefined;
  /** The operator’s. */
  readonly adminToken: string;
  readonly processes: readonly SystemProcess[];
  /** Stops that process if it runs, and starts it again with the same environment; settled when it is ready. */
  restart(name: ServiceName, index?: number): Promise<void>;
  /** Kills that process at once, as in an accident, and starts it again. */
  restartKilled(name: ServiceName, index?: number): Promise<void>;
  /** One more organisation. */
  seedOrg(name: string): Promise<OrgCredentials>;
  stop(): Promise<void>;
}
