import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { owners } from '@parley/dto';
import {
  checkout, eventually, type NotYet, notYet, permissionsOfListener, runSql, type ServiceName, serviceNames, startSystem, systemDatabase, systemIdentities, type System,
  tcpProxy, type TcpProxy, tempFolder, type TempFolder, testPostgres, type TestPostgres,
} from '@parley/testing';
import { type Broker, startBroker } from './broker.js';
import { Disk, type Disks } from './disk.js';
import { countRepeats } from './repeats.js';
import { Witness } from './witness-process.js';

export interface BedOptions {
  /** Which test build the services run: `plain`, `probes` or one with a defect. */
  build: string;
  /** Of every service, and of the witness. */
  copies: number;
  disks: Disks;
  /** Nodes of the broker. */
  nodes: 1 | 3;
}

export const ordinary: BedOptions = { build: 'plain', copies: 1, disks: 'none', nodes: 1 };

const buildFolder = (build: string): string => join(checkout, 'dist', 'test-builds', build);

interface Parts {
  system: System;
  postgres: TestPostgres;
  broker: Broker;
  proxies: { nats: TcpProxy; postgres: TcpProxy };
  disks: { nats: Disk | undefined; postgres: Disk | undefined };
  witnesses: readonly Witness[];
}

/** The whole system with a witness, on servers of its own that may be harmed, behind proxies that may be cut. */
export class Bed {
  private constructor(
    readonly options: BedOptions,
    private readonly folder: TempFolder,
    private readonly parts: Parts,
  ) {}

  static async make(options: BedOptions): Promise<Bed> {
    makeBuild(options.build);
    const folder = tempFolder('faults');
    const disks = makeDisks(options, folder.path);
    const identities = { ...systemIdentities(), witness: permissionsOfListener({ name: 'witness', consumes: owners }) };
    const postgres = await testPostgres({ ...(disks.postgres ? { folder: disks.postgres.path } : {}), durable: true }); // else it forgets commits even when only its processes die
    const broker = await startBroker({ nodes: options.nodes, identities, keys: join(folder.path, 'keys'), ...(disks.nats ? { folder: disks.nats.path } : {}) });
    const proxies = { nats: await tcpProxy(broker.port), postgres: await tcpProxy(Number(new URL(postgres.url).port)) };
    const database = await systemDatabase(postgres.url);
    const through = (url: string): string => url.replace(/:\d+\//, `:${proxies.postgres.port}/`);
    const urls = Object.fromEntries(Object.entries(database.urls).map(([name, url]) => [name, through(url)]));
    const natsUrlOf = (name: string): string => (options.nodes === 1 ? broker.urlOf(name).replace(/:\d+\?/, `:${proxies.nats.port}?`) : broker.urlOf(name));
    const probing = (name: string): Record<string, string> => ({ FAULT_FOLDER: folder.path, FAULT_PROCESS: name });
    const system = await startSystem({
      copies: Object.fromEntries(serviceNames.map((name) => [name, options.copies])),
      env: Object.fromEntries(serviceNames.map((name) => [name, { ...probing(name), LOG_LEVEL: 'info' }])),
      nats: { ...broker.first, url: broker.url, urlOf: natsUrlOf },
      database: { ...database, urls },
      dist: buildFolder(options.build),
    });
    await runSql(database.adminUrl, 'create schema witness');
    const witnessEnv = { ...probing('witness'), DATABASE_URL: through(database.adminUrl), NATS_URL: natsUrlOf('witness') };
    const witnesses = Array.from({ length: options.copies }, () => new Witness(buildFolder(options.build), witnessEnv));
    for (const witness of witnesses) await witness.start();
    await countRepeats(database.adminUrl);
    return new Bed(options, folder, { system, postgres, broker, proxies, disks, witnesses });
  }

  get system(): System {
    return this.parts.system;
  }

  get postgres(): TestPostgres {
    return this.parts.postgres;
  }

  get broker(): Broker {
    return this.parts.broker;
  }

  get proxies(): Parts['proxies'] {
    return this.parts.proxies;
  }

  get disks(): Parts['disks'] {
    return this.parts.disks;
  }

  get witnesses(): readonly Witness[] {
    return this.parts.witnesses;
  }

  get databaseUrl(): string {
    return this.system.adminDatabaseUrl;
  }

  sql<Row>(text: string, params: unknown[] = []): Promise<Row[]> {
    return runSql<Row>(this.databaseUrl, text, params);
  }

  kill(name: ServiceName, signal: NodeJS.Signals = 'SIGKILL', index = 0): void {
    this.system.processes.find((each) => each.name === name && each.index === index)?.kill(signal);
  }

  /** Brings one back, a service or the witness. */
  async restart(name: ServiceName | 'witness', index = 0): Promise<void> {
    if (name !== 'witness') return this.system.restart(name, index);
    await this.witnesses[index]?.stop();
    if (this.options.copies === 1) await this.bury('witness');
    await this.witnesses[index]?.start();
  }

  /** Brings it back with another build; with the bed's own if none is named. */
  async rebuild(name: ServiceName | 'witness', build = this.options.build): Promise<void> {
    makeBuild(build);
    const dist = buildFolder(build);
    if (name === 'witness') this.witnesses.forEach((witness) => witness.use(dist));
    else this.system.processes.filter((each) => each.name === name).forEach((each) => each.use(dist));
    for (const index of this.witnesses.keys()) await this.restart(name, index);
  }

  /** The jobs of a process that is no more are free at once, not only when its time is over. */
  async bury(schema: string): Promise<void> {
    await this.sql(`update ${schema}.leader set until = '-infinity'`);
  }

  /** From now on a process of that name dies at that place, once; or is slow there until `disarm`, as the seed has it. */
  arm(name: string, place: string, seed = 0): void {
    writeFileSync(this.fileOf(name, place), String(seed));
  }

  disarm(name: string, place: string): void {
    execFileSync('rm', ['-f', this.fileOf(name, place)]);
  }

  wasHit(name: string, place: string): boolean {
    return existsSync(`${this.fileOf(name, place)}.hit`);
  }

  forgetHit(name: string, place: string): void {
    execFileSync('rm', ['-f', `${this.fileOf(name, place)}.hit`]);
  }

  /** What the processes of that name have counted there since it was last asked. */
  takeCount(name: string, place: string): number {
    const file = `${this.fileOf(name, place)}.count`;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    execFileSync('rm', ['-f', file]);
    return lines.reduce((sum, line) => sum + Number(line), 0);
  }

  /** Everything is up: the services are ready, and the gateway says so of itself. */
  async untilUp(): Promise<void> {
    const up = async (): Promise<NotYet | undefined> => {
      const away = await this.notReady();
      return away.length === 0 ? undefined : notYet(away.join(', '));
    };
    await eventually(up, { timeoutMs: 30_000 });
  }

  /** Processes of services that do not say at `/health/ready` that they are. */
  async notReady(): Promise<string[]> {
    const { processes } = this.system;
    const answers = await Promise.all(processes.map(({ healthUrl }) => fetch(healthUrl, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)));
    return processes.filter((_, n) => answers[n]?.status !== 200).map(({ name }) => `${name} is not ready`);
  }

  logs(): string {
    return [...this.system.processes, ...this.witnesses].map((each) => each.logs()).join('\n');
  }

  async stop(): Promise<void> {
    this.proxies.nats.heal();
    this.proxies.postgres.heal();
    await Promise.all(this.witnesses.map((witness) => witness.stop()));
    await this.system.stop();
    await Promise.all([this.broker.stop(), this.postgres.stop(), this.proxies.nats.stop(), this.proxies.postgres.stop()]);
    this.disks.nats?.remove();
    this.disks.postgres?.remove();
    this.folder.remove();
  }

  private fileOf(name: string, place: string): string {
    return join(this.folder.path, `${name}@${place.replaceAll(/[^a-z]+/g, '-')}`);
  }
}

const made = new Set<string>();

function makeBuild(build: string): void {
  if (made.has(build)) return;
  execFileSync(process.execPath, [join(checkout, 'tools/faults/build.mjs'), build], { stdio: ['ignore', 'ignore', 'inherit'] });
  made.add(build);
}

function makeDisks({ disks }: BedOptions, folder: string): { nats: Disk | undefined; postgres: Disk | undefined } {
  const place = (name: string): string => join(folder, name);
  if (disks === 'none') return { nats: undefined, postgres: undefined };
  mkdirSync(place('keys'), { recursive: true });
  if (disks === 'small') return { nats: Disk.inMemory(place('nats'), 24), postgres: undefined };
  return { nats: Disk.onLoop(place('nats'), 96), postgres: Disk.onLoop(place('postgres'), 384) };
}
