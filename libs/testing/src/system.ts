import { join } from 'node:path';
import { seedOrg, type OrgCredentials } from '../../../tools/stack/demo-data.js';
import { shortNameOf, systemIdentities } from '../../../tools/stack/nats-identities.js';
import { freePort } from '../../../tools/stack/ports.js';
import { keptSecret, kekFileText } from '../../../tools/stack/secrets.js';
import { serviceEnv, type Surroundings } from '../../../tools/stack/service-env.js';
import { serviceNames } from '../../../tools/stack/services.js';
import { type Administration, createOrg } from './org.js';
import { RunningProcess } from './system-process.js';
import type { ServiceName, System, SystemOptions } from './system.types.js';
import { tempFolder } from './temp-folder.js';
import { systemDatabase } from './test-database.js';
import { testNats } from './test-nats.js';
import { testPostgres } from './test-postgres.js';

type Env = Record<string, string>;
type HttpPorts = Partial<Record<ServiceName, number[]>>;

/** Starts everything that a deployment has, with demo data, and answers when every process is ready. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const folder = tempFolder('system');
  const identities = { ...systemIdentities(), ...options.natsIdentities };
  const postgres = options.ownPostgres ? await testPostgres({ durable: true }) : undefined;
  const [database, nats, httpPorts] = await Promise.all([options.database ?? systemDatabase(postgres?.url), options.nats ?? testNats(identities), drawHttpPorts(options)]);
  const baseUrls = (httpPorts['api-gateway'] ?? []).map((port) => `http://127.0.0.1:${port}`);
  const baseUrl = baseUrls[0] ?? '';
  const around: Omit<Surroundings, 'metricsUrls'> = {
    nodeEnv: 'test',
    natsUrlOf: (service) => nats.urlOf(shortNameOf(service)),
    databaseUrls: database.urls,
    publicUrl: baseUrl,
    adminToken: keptSecret(join(folder.path, 'admin-token')),
    kekFileOf: (service) => kekFile(join(folder.path, `${service}.kek`)),
  };
  const processes = await describeProcesses(options, around, httpPorts);
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map(({ running }) => running.stop()));
    if (!options.nats) await nats.stop();
    if (postgres) await postgres.stop();
    else if (!options.database) await database.drop();
    folder.remove();
  };
  const admin: Administration = { baseUrl, adminToken: around.adminToken };
  try {
    const org = await bringUp(processes, options, admin);
    return {
      ...org,
      ...admin,
      baseUrls,
      adminDatabaseUrl: database.adminUrl,
      natsUrl: nats.url,
      natsUrlOf: nats.urlOf,
      nats,
      postgres,
      processes: processes.map(({ running }) => running),
      restart: (name, index = 0) => restart(find(processes, name, index)),
      restartKilled: (name, index = 0) => restartKilled(find(processes, name, index)),
      seedOrg: (name) => createOrg(admin, name),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Described {
  running: RunningProcess;
  env: Env;
}

/** The seed of a stack starts one process more, so it is taken only where its organisation must be known before the others start. */
async function bringUp(processes: Described[], { publicOpentok = false }: SystemOptions, admin: Administration): Promise<OrgCredentials> {
  const seeded = publicOpentok ? await seedOrg(find(processes, 'auth-service', 0).env) : undefined;
  if (seeded) processes.filter(({ running }) => running.name === 'session-service').forEach(({ env }) => (env['OPENTOK_PUBLIC_ORG_ID'] = seeded.orgId));
  await Promise.all(processes.map(({ running }) => running.start()));
  return seeded ?? createOrg(admin, 'Demo');
}

async function drawHttpPorts(options: SystemOptions): Promise<HttpPorts> {
  const draw = async (name: ServiceName): Promise<[ServiceName, number[]]> => [name, await Promise.all(range(copiesOf(name, options)).map(freePort))];
  return Object.fromEntries(await Promise.all([draw('api-gateway'), draw('auth-service')]));
}

async function describeProcesses(options: SystemOptions, around: Omit<Surroundings, 'metricsUrls'>, httpPorts: HttpPorts): Promise<Described[]> {
  const named = serviceNames.flatMap((name) => range(copiesOf(name, options)).map((index) => ({ name, index })));
  const all = await Promise.all(named.map(async (one) => ({ ...one, healthPort: await freePort() })));
  const metricsUrls = all.filter(({ name }) => name !== 'api-gateway').map(({ healthPort }) => `http://127.0.0.1:${healthPort}/metrics`);
  return all.map(({ name, index, healthPort }) => {
    const own = { healthPort, httpPort: at(httpPorts[name], index), authUrl: `http://127.0.0.1:${at(httpPorts['auth-service'], index)}` };
    const env = { ...serviceEnv(name, own, { ...around, metricsUrls }), ...options.env?.[name] };
    return { running: new RunningProcess({ name, index, healthPort, env, dist: options.dist }), env };
  });
}

async function restart({ running }: Described): Promise<void> {
  await running.stop();
  await running.start();
}

async function restartKilled({ running }: Described): Promise<void> {
  running.kill('SIGKILL');
  await running.stop();
  await running.start();
}

function find(processes: Described[], name: ServiceName, index: number): Described {
  const found = processes.find(({ running }) => running.name === name && running.index === index);
  if (!found) throw new Error(`There is no ${name} #${index} in this system`);
  return found;
}

function kekFile(path: string): string {
  keptSecret(path, kekFileText);
  return path;
}

function copiesOf(name: ServiceName, { copies }: SystemOptions): number {
  return copies?.[name] ?? 1;
}

/** Copies share what there is too few of. */
function at(ports: number[] = [], index: number): number {
  return ports[index % Math.max(ports.length, 1)] ?? 0;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
