/**
 * The two steps that a deployment in containers runs before its services. `init` makes the secrets once and hands to each container,
 * in a volume of its own, the ones that it needs. `migrate` brings the databases up to date.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { identitiesOfListeners, listenersIn } from './listeners.js';
import { migrate } from './migrate.js';
import { authorization, identitiesOf, keptIdentities, makerIdentity, type NatsIdentity, natsUrlWith, shortNameOf } from './nats-identities.js';
import { provision, roleUrl } from './provision.js';
import { kekFileText, keptSecret, writePrivately } from './secrets.js';
import { databaseNames, services, type DatabaseName, type ServiceName, type ServiceSpec } from './services.js';

/** What a service finds in its volume's `env` file; the rest of its environment is no secret. */
export const secretEnv = ['DATABASE_URL', 'NATS_URL', 'PARLEY_ADMIN_TOKEN'] as const;

/** As the containers see it. */
const NATS = 'nats://nats:4222';

export interface Deployment {
  /** Below it, one folder per container. */
  secrets: string;
  /** PostgreSQL as administrator, and NATS, as the containers see them; those of the deployment itself unless given. */
  databaseUrl?: string | undefined;
  natsUrl?: string | undefined;
  /** The operator’s. */
  adminToken?: string | undefined;
  /** PARLEY_LISTENERS */
  listeners?: string | undefined;
}

export function init(deployment: Deployment): void {
  const { secrets } = deployment;
  mkdirSync(secrets, { recursive: true });
  writePrivately(join(secrets, 'postgres', 'password'), kept(secrets, 'postgres-admin'));
  const listeners = keptIdentities(identitiesOfListeners(listenersIn(deployment.listeners)), (name) => join(secrets, 'listeners', name));
  const maker = keptIdentities(makerIdentity, () => join(secrets, 'stream-maker', 'nats'));
  const identities = [...services.flatMap(({ name }) => identitiesIn(secrets, name)), ...maker, ...listeners];
  writePrivately(join(secrets, 'nats', 'authorization.conf'), authorization(identities));
  services.forEach((service) => initService(service, deployment));
  writePrivately(join(secrets, 'stream-maker', 'env'), `NATS_URL=${deployment.natsUrl || natsUrlWith(NATS, '/secrets/nats')}`);
  writePrivately(join(secrets, 'deploy', 'events.env'), databaseNames.map((name) => `${name.toUpperCase()}_DATABASE_URL=${urlOf(deployment, name)}`).join('\n'));
}

export async function migrateAll(deployment: Deployment): Promise<void> {
  const passwordOf = (name: DatabaseName): string => kept(deployment.secrets, `postgres-${name}`);
  await migrate(await provision({ adminUrl: adminUrlOf(deployment), names: databaseNames, passwordOf }));
}

function initService({ name, database, env }: ServiceSpec, deployment: Deployment): void {
  const { secrets, natsUrl, adminToken } = deployment;
  const values: Partial<Record<string, string>> = {
    NATS_URL: natsUrl || natsUrlWith(NATS, '/secrets/nats', database && '/secrets/nats-events'),
    PARLEY_ADMIN_TOKEN: adminToken || kept(secrets, 'admin-token'),
    DATABASE_URL: database && urlOf(deployment, database),
  };
  const lines = secretEnv.filter((key) => env.includes(key)).map((key) => `${key}=${values[key] ?? ''}`);
  writePrivately(join(secrets, name, 'env'), lines.join('\n'));
  if (env.includes('PARLEY_KEK_FILE')) keptSecret(join(secrets, name, 'kek'), kekFileText);
}

/** Its keys are in the volume of the service alone. */
function identitiesIn(secrets: string, name: ServiceName): NatsIdentity[] {
  return keptIdentities(identitiesOf(name), (identity) => join(secrets, name, identity === shortNameOf(name) ? 'nats' : 'nats-events'));
}

const urlOf = (deployment: Deployment, name: DatabaseName): string => roleUrl(adminUrlOf(deployment), name, kept(deployment.secrets, `postgres-${name}`));

function adminUrlOf({ secrets, databaseUrl }: Deployment): string {
  return databaseUrl || `postgres://postgres:${kept(secrets, 'postgres-admin')}@postgres:5432/parley`;
}

function kept(secrets: string, name: string): string {
  return keptSecret(join(secrets, 'deploy', name));
}
