import { liveChildren } from './child.js';
import { banner } from './banner.js';
import type { DataDir } from './data-dir.js';
import { keepDemo, knownDemo, openToAnybody } from './demo-file.js';
import { seedOrg } from './demo-data.js';
import { natsUnit, postgresUnit } from './infra-units.js';
import { listenersIn } from './listeners.js';
import { Keeper, type KeeperReports, type Unit } from './keeper.js';
import { lifelineEnded } from './lifeline.js';
import { LogWriter } from './log-writer.js';
import { migrate } from './migrate.js';
import { freePorts } from './ports.js';
import { ensureDatabase, provision, type DatabaseUrls } from './provision.js';
import { RunRecord, type ProcessState } from './run-state.js';
import type { Screen } from './screen.js';
import { kekFileText, keptSecret } from './secrets.js';
import { serviceEnv, type Surroundings } from './service-env.js';
import { databaseNames, serviceNames, services, type ServiceName } from './services.js';
import { serviceUnit } from './service-unit.js';
import { startStreamMaker, type StreamMaker } from './stream-maker.js';

type Env = Record<string, string>;
type Ports = Pick<ProcessState, 'port' | 'healthPort'>;

const servicesStopWithinMs = 7_500;
const serversStopWithinMs = 1_500;

export interface StackOptions {
  dataDir: DataDir;
  screen: Screen;
  /** Of the gateway. */
  port: number;
  /** Something keeps dying: the stack cannot go on. */
  onHopeless: (why: string) => void;
}

/** Servers and services of one data folder, from nothing to ready and back. */
export class Stack {
  private readonly servers: Keeper[] = [];
  private readonly services: Keeper[] = [];
  private maker: StreamMaker | undefined;
  private readonly record: RunRecord;
  private readonly baseUrl: string;

  constructor(private readonly options: StackOptions) {
    this.baseUrl = `http://127.0.0.1:${options.port}`;
    this.record = new RunRecord(options.dataDir.file('run.json'), this.baseUrl);
  }

  async up(): Promise<void> {
    const { screen, dataDir } = this.options;
    const [databaseUrl, natsUrlOf] = await screen.step('starting PostgreSQL and NATS', () => Promise.all([this.postgres(), this.nats()]));
    const databaseUrls = await screen.step('creating databases and roles', () => this.provision(databaseUrl), 'Check DATABASE_URL, or begin anew with `npm run stack -- reset`.');
    const adminToken = process.env['PARLEY_ADMIN_TOKEN'] || keptSecret(dataDir.secret('admin-token'));
    const envs = await this.environments({ natsUrlOf, databaseUrls, adminToken });
    await screen.step('migrating the databases', () => migrate(databaseUrls), '`npm run stack -- reset` begins anew with empty databases.');
    const seed = () => screen.step('creating the demo data', () => seedOrg(envs.get('auth-service')?.env ?? {}));
    const known = knownDemo(dataDir.file('demo.json'));
    const org = known ?? (await seed());
    openToAnybody(envs.get('session-service')?.env ?? {}, org);
    await screen.step('starting the five services', () => this.startServices(envs), `The logs are in ${dataDir.path}/logs.`);
    const demo = await keepDemo(dataDir.file('demo.json'), { baseUrl: this.baseUrl, adminToken }, () => (known ? seed() : Promise.resolve(org)));
    screen.print(banner(demo, process.env['PARLEY_DATA_DIR'] && dataDir.path));
    this.record.markReady();
  }

  async down(): Promise<void> {
    await Promise.all(this.services.map((keeper) => keeper.stop(servicesStopWithinMs)));
    await this.maker?.stop();
    await Promise.all(this.servers.map((keeper) => keeper.stop(serversStopWithinMs)));
    await Promise.all(liveChildren().map((child) => child.stop(serversStopWithinMs))); // a step was interrupted
    await lifelineEnded();
    this.record.remove();
  }

  private async postgres(): Promise<string> {
    const given = process.env['DATABASE_URL'];
    if (given) return this.use(given, 'the PostgreSQL that DATABASE_URL names');
    const unit = await postgresUnit(this.options.dataDir, (line) => this.options.screen.say(line));
    await this.keep(this.servers, unit, { port: unit.port });
    return ensureDatabase(unit.url, 'parley');
  }

  private async nats(): Promise<Surroundings['natsUrlOf']> {
    const given = process.env['NATS_URL'];
    if (given) {
      this.use(given, 'the NATS server that NATS_URL names');
      this.makeStreams(given);
      return () => given;
    }
    const unit = await natsUnit(this.options.dataDir, listenersIn(process.env['PARLEY_LISTENERS']), (line) => this.options.screen.say(line));
    await this.keep(this.servers, unit, { port: unit.port });
    this.makeStreams(unit.makerUrl);
    this.record.setListeners(unit.listeners);
    return unit.urlOf;
  }

  private makeStreams(natsUrl: string): void {
    const log = new LogWriter(this.options.dataDir.log('stream-maker'));
    this.maker = startStreamMaker(natsUrl, (line) => log.write(line));
  }

  private use(url: string, what: string): string {
    this.options.screen.say(`using ${what}`);
    return url;
  }

  private provision(adminUrl: string): Promise<DatabaseUrls> {
    const passwordOf = (name: string): string => keptSecret(this.options.dataDir.secret(`postgres-${name}`));
    return provision({ adminUrl, names: databaseNames, passwordOf });
  }

  private async environments(shared: Pick<Surroundings, 'natsUrlOf' | 'databaseUrls' | 'adminToken'>): Promise<Map<ServiceName, { env: Env; ports: Ports }>> {
    const health = await freePorts([...serviceNames, 'auth http'] as const);
    const authHttpPort = health['auth http'];
    const around = {
      nodeEnv: process.env['NODE_ENV'] || 'production',
      ...shared,
      publicUrl: process.env['PARLEY_PUBLIC_URL'] || this.baseUrl,
      metricsUrls: serviceNames.filter((name) => name !== 'api-gateway').map((name) => `http://127.0.0.1:${health[name]}/metrics`),
      kekFileOf: (service: ServiceName) => this.kekFile(service),
    };
    return new Map(
      services.map(({ name, env }) => {
        const httpPort = name === 'api-gateway' ? this.options.port : authHttpPort;
        const own = { healthPort: health[name], httpPort, authUrl: `http://127.0.0.1:${authHttpPort}` };
        const speaksHttp = env.includes('PORT') || env.includes('HTTP_PORT');
        return [name, { env: serviceEnv(name, own, around), ports: { healthPort: own.healthPort, ...(speaksHttp ? { port: httpPort } : {}) } }];
      }),
    );
  }

  private async startServices(envs: Map<ServiceName, { env: Env; ports: Ports }>): Promise<void> {
    const { screen, dataDir } = this.options;
    const warn = (text: string): void => screen.complain(text);
    const starts = [...envs].map(([name, { env, ports }]) => {
      const unit = serviceUnit({ name, env, log: new LogWriter(dataDir.log(name)), warn });
      return this.keep(this.services, unit, ports).catch((error: Error) => Promise.reject(new Error(`${name}: ${error.message}`)));
    });
    await Promise.all(starts);
  }

  private async keep(group: Keeper[], unit: Unit, ports: Ports): Promise<void> {
    const recorded: Unit = {
      name: unit.name,
      start: (adopt) =>
        unit.start((child) => {
          adopt(child);
          this.record.put(unit.name, child.pid, ports);
        }),
    };
    const keeper = new Keeper(recorded, this.reports());
    group.push(keeper);
    await keeper.start();
  }

  private reports(): KeeperReports {
    const { screen, onHopeless } = this.options;
    return {
      died: (name, why) => screen.say(`${name} has stopped (${why}); bringing it back`),
      back: (name, afterMs) => screen.say(`${name} is back after ${(afterMs / 1000).toFixed(1)} s`),
      gaveUp: (name, why) => onHopeless(`${name} has stopped six times within a minute: ${why}`),
    };
  }

  private kekFile(service: ServiceName): string {
    const path = this.options.dataDir.secret(`${service}.kek`);
    keptSecret(path, kekFileText);
    return path;
  }
}
