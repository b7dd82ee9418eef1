/** The five processes: what each is given. The one table that the launcher, the tests and docker-compose.yml agree on. */

export type DatabaseName = 'auth' | 'subscription' | 'session' | 'call';
export type ServiceName = 'api-gateway' | `${DatabaseName}-service`;

export interface ServiceSpec {
  name: ServiceName;
  /** Its schema, and the end of its role's name; the gateway has none. */
  database?: DatabaseName;
  /** Whose events take effect in it: it may listen to no others. */
  consumes: readonly DatabaseName[];
  /** Set by whoever starts it. A service refuses a PARLEY_ key that it does not know. */
  env: readonly string[];
  /** Handed on if set; the service has a default. */
  optionalEnv: readonly string[];
}

const everyService = ['NODE_ENV', 'LOG_LEVEL', 'LOG_FORMAT', 'NATS_URL', 'HOST', 'HEALTH_PORT'] as const;

export const services: readonly ServiceSpec[] = [
  {
    name: 'auth-service',
    database: 'auth',
    consumes: ['auth', 'session', 'call'],
    env: [...everyService, 'DATABASE_URL', 'HTTP_PORT', 'PARLEY_PUBLIC_URL', 'PARLEY_KEK_FILE', 'PARLEY_ADMIN_TOKEN'],
    optionalEnv: ['EVENT_RETENTION', 'COVIU_ACCESS_TTL', 'SIGNING_KEY_ROTATION_DAYS', 'FAILURES_PER_ACCOUNT', 'FAILURES_PER_ADDRESS', 'FAILURES_PER_CLIENT', 'FAILURE_WINDOW'],
  },
  {
    name: 'subscription-service',
    database: 'subscription',
    consumes: [],
    env: [...everyService, 'DATABASE_URL'],
    optionalEnv: ['EVENT_RETENTION'],
  },
  {
    name: 'session-service',
    database: 'session',
    consumes: ['subscription', 'call'],
    env: [...everyService, 'DATABASE_URL', 'PARLEY_PUBLIC_URL', 'PARLEY_KEK_FILE'],
    optionalEnv: ['EVENT_RETENTION', 'SESSION_LINK_MAX_AGE', 'ENTRY_LEASE_MAX', 'ENTRY_KEY_ROTATION_DAYS', 'REFUSAL_RETENTION', 'LIVE_MAX_WATCHERS', 'OPENTOK_PUBLIC_ORG_ID', 'OPENTOK_TOKEN_FORMAT'],
  },
  {
    name: 'call-service',
    database: 'call',
    consumes: ['auth', 'session', 'subscription'],
    env: [...everyService, 'DATABASE_URL'],
    optionalEnv: ['EVENT_RETENTION', 'CALL_MAX_DURATION'],
  },
  {
    name: 'api-gateway',
    consumes: [],
    env: [...everyService, 'PORT', 'AUTH_URL', 'PARLEY_PUBLIC_URL', 'METRICS_TARGETS'],
    optionalEnv: ['PARLEY_TRUST_PROXY'],
  },
];

export const serviceNames = services.map(({ name }) => name);

export const databaseNames = services.flatMap(({ database }) => database ?? []);

export function serviceNamed(name: ServiceName): ServiceSpec {
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`No service is called ${name}`);
  return found;
}
