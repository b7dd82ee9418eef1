import type { DatabaseUrls } from './provision.js';
import { serviceNamed, type ServiceName } from './services.js';

/** What all services of one system share. */
export interface Surroundings {
  nodeEnv: string;
  natsUrlOf: (service: ServiceName) => string;
  databaseUrls: DatabaseUrls;
  publicUrl: string;
  /** Of the health ports of all processes but the gateways. */
  metricsUrls: readonly string[];
  /** The operator’s. */
  adminToken: string;
  /** Asked only for a service that has one. */
  kekFileOf: (service: ServiceName) => string;
}

/** What one process has for itself. */
export interface OwnAddresses {
  healthPort: number;
  /** Where it speaks HTTP, if it does. */
  httpPort: number;
  /** The auth-service that this gateway hands token requests to. */
  authUrl: string;
}

/** The whole environment of one process; what its service's row in the table does not name it does not get. */
export function serviceEnv(name: ServiceName, own: OwnAddresses, around: Surroundings): Record<string, string> {
  const { env, optionalEnv, database } = serviceNamed(name);
  const values: Record<string, string | undefined> = {
    NODE_ENV: around.nodeEnv,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
    LOG_FORMAT: 'json',
    NATS_URL: around.natsUrlOf(name),
    HOST: '127.0.0.1',
    HEALTH_PORT: String(own.healthPort),
    PORT: String(own.httpPort),
    HTTP_PORT: String(own.httpPort),
    AUTH_URL: own.authUrl,
    DATABASE_URL: database && around.databaseUrls[database],
    PARLEY_PUBLIC_URL: around.publicUrl,
    METRICS_TARGETS: around.metricsUrls.join(','),
    PARLEY_ADMIN_TOKEN: around.adminToken,
    PARLEY_KEK_FILE: env.includes('PARLEY_KEK_FILE') ? around.kekFileOf(name) : undefined,
  };
  return { ...only(env, values), ...only(optionalEnv, process.env) };
}

function only(keys: readonly string[], values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));
}
