import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkout } from './checkout.js';
import { StackFailure } from './failure.js';

export interface NatsBinary {
  path: string;
  version: string;
}

const usualFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
const cache = join(checkout, '.cache');

/** NATS_SERVER_BIN, then `.cache/bin`, PATH and the usual folders; on Debian and Ubuntu it is fetched, without root. */
export function findNats(say: (line: string) => void = () => {}): NatsBinary {
  const named = process.env['NATS_SERVER_BIN'];
  if (named) return runnable(named) ?? unusable(named);
  return lookAround() ?? fetchWithApt(say) ?? missing();
}

function lookAround(): NatsBinary | undefined {
  const folders = [join(cache, 'bin'), ...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders];
  for (const folder of folders) {
    const found = runnable(join(folder, 'nats-server'));
    if (found) return found;
  }
  return undefined;
}

function runnable(path: string): NatsBinary | undefined {
  if (!existsSync(path)) return undefined;
  const answer = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const version = /v?(\d+\.\d+\.\d+)/.exec(answer.stdout ?? '')?.[1];
  return version ? { path, version } : undefined;
}

function fetchWithApt(say: (line: string) => void): NatsBinary | undefined {
  if (process.platform !== 'linux' || spawnSync('apt-get', ['--version']).status !== 0) return undefined;
  say('fetching nats-server with apt-get (once, into .cache/bin)');
  mkdirSync(join(cache, 'bin'), { recursive: true });
  const work = mkdtempSync(join(cache, 'apt-'));
  try {
    return download(work, say) ? unpack(work) : undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** With the system's package lists; where those are empty or old, with lists of our own, which needs no root either. */
function download(work: string, say: (line: string) => void): boolean {
  chmodSync(work, 0o777); // as root, apt downloads as a user of its own
  const own = ['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`];
  mkdirSync(join(work, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  const apt = (...args: string[]) => spawnSync('apt-get', args, { cwd: work, encoding: 'utf8', timeout: 120_000 });
  if (apt('download', 'nats-server').status === 0) return true;
  apt(...own, 'update');
  const { status, stderr } = apt(...own, 'download', 'nats-server');
  if (status !== 0) say(`apt-get could not fetch it: ${stderr.trim().split('\n').at(-1)}`);
  return status === 0;
}

function unpack(work: string): NatsBinary | undefined {
  const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
  if (!archive || spawnSync('dpkg-deb', ['-x', join(work, archive), work]).status !== 0) return undefined;
  const target = join(cache, 'bin', 'nats-server');
  copyFileSync(join(work, 'usr', 'sbin', 'nats-server'), `${target}.${process.pid}`);
  chmodSync(`${target}.${process.pid}`, 0o755);
  renameSync(`${target}.${process.pid}`, target);
  return runnable(target);
}

function unusable(path: string): never {
  throw new StackFailure(`NATS_SERVER_BIN is ${path}, which is not a nats-server that runs here`, 'Correct or unset NATS_SERVER_BIN.');
}

function missing(): never {
  const command = process.platform === 'darwin' ? 'brew install nats-server' : 'sudo apt-get install nats-server';
  throw new StackFailure('nats-server was not found', `Install it (\`${command}\`), or set NATS_SERVER_BIN to it, or NATS_URL to a server of yours.`);
}
