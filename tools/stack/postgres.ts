import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { startChild, type Child, type ChildSpec } from './child.js';
import { StackFailure } from './failure.js';
import { openLog, readFrom, sizeOf } from './log-file.js';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.js';
import { canConnect, freePort } from './ports.js';
import { commandLine, identify, isRunning, signalProcess } from './running.js';
import { giveTo, unprivilegedUser } from './system-user.js';
import { sleep, waitUntil } from './wait.js';

export interface PostgresOptions {
  /** The cluster's own folder, in one that the unprivileged user can reach. */
  dir: string;
  logFile: string;
  /** Of the superuser `postgres`; counts only when the cluster is created. */
  password: string;
  port?: number;
  /** False: as fast as possible, and a power cut may cost everything. For tests. */
  durable?: boolean;
  maxConnections?: number;
}

export interface Postgres {
  child: Child;
  port: number;
  version: string;
  /** As superuser, database `postgres`. */
  url: string;
}

const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
const quickly = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
/** What a server says while processes of one that was killed still hold the folder. */
const leftoversHoldIt = /still in use|lock file .* already exists/;

export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const binaries = await findPostgres();
  await stopLeftover(options.dir);
  if (!existsSync(options.dir)) await createCluster(binaries, options);
  const port = options.port ?? (await freePort());
  const child = await startWithPatience(binaries, options, port, performance.now() + 4_000);
  const url = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`;
  return { child, port, version: binaries.version, url };
}

async function startWithPatience(binaries: PostgresBinaries, options: PostgresOptions, port: number, until: number): Promise<Child> {
  const before = sizeOf(options.logFile);
  const child = await startChild(serverSpec(binaries, options, port));
  if (await becomesReady(child, options.dir, port)) return child;
  await child.stop();
  const said = readFrom(options.logFile, before).trim();
  if (!leftoversHoldIt.test(said) || performance.now() > until) throw didNotStart(said || (await child.exited), options.logFile);
  await sleep(200);
  return startWithPatience(binaries, options, port, until);
}

function serverSpec(binaries: PostgresBinaries, options: PostgresOptions, port: number): ChildSpec {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `max_connections=${options.maxConnections ?? 200}`,
    ...(options.durable === false ? quickly : []),
  ];
  const log = openLog(options.logFile);
  const args = ['-D', options.dir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  return { command: binaries.postgres, args, env, stdio: ['ignore', log, log], stopSignal: 'SIGINT', ...unprivilegedUser() };
}

/** Its pid file says "ready" last; the port alone answers while it still recovers. */
async function becomesReady(child: Child, dir: string, port: number): Promise<boolean> {
  const ready = async (): Promise<boolean> => /\bready\b/.test(pidFile(dir)) && pidIn(dir) === child.pid && (await canConnect(port));
  await waitUntil(async () => child.hasExited() || (await ready()), 60_000);
  return !child.hasExited() && ready();
}

/** Made aside and renamed, so that an initdb which was interrupted leaves nothing that looks like a cluster. */
async function createCluster(binaries: PostgresBinaries, { dir, logFile, password, durable }: PostgresOptions): Promise<void> {
  const user = unprivilegedUser();
  const [aside, passwordFile] = [`${dir}.new`, `${dir}.password`];
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  giveTo(user, aside);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveTo(user, passwordFile);
  const before = sizeOf(logFile);
  const log = openLog(logFile);
  const args = ['-D', aside, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C'];
  const syncing = durable === false ? ['--no-sync'] : [];
  const initdb = await startChild({ command: binaries.initdb, args: [...args, ...syncing], env, stdio: ['ignore', log, log], stopSignal: 'SIGTERM', ...user });
  const end = await initdb.exited;
  rmSync(passwordFile, { force: true });
  if (end !== 'exit code 0') throw didNotStart(`initdb: ${readFrom(logFile, before).trim() || end}`, logFile);
  renameSync(aside, dir);
}

/** A server that an earlier run left behind would refuse us the folder. */
async function stopLeftover(dir: string): Promise<void> {
  const pid = pidIn(dir);
  const identity = pid === undefined ? undefined : identify(pid);
  if (pid === undefined || identity === undefined) return; // PostgreSQL itself copes with the file of a process that is gone
  if (!commandLine(pid).includes(dir)) return rmSync(`${dir}/postmaster.pid`); // the number belongs to something else by now
  signalProcess(pid, 'SIGINT');
  if (!(await waitUntil(() => !isRunning(pid, identity), 10_000))) signalProcess(pid, 'SIGKILL');
}

function pidFile(dir: string): string {
  const path = `${dir}/postmaster.pid`;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function pidIn(dir: string): number | undefined {
  return Number.parseInt(pidFile(dir), 10) || undefined;
}

function didNotStart(why: string, logFile: string): StackFailure {
  const lastWords = why.split('\n').slice(-5).join('\n');
  return new StackFailure(`PostgreSQL did not start: ${lastWords}`, `Its log is ${logFile}.`);
}
