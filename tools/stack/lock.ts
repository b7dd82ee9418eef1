import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { StackFailure } from './failure.js';
import { identify, isRunning } from './running.js';

export interface LockHolder {
  pid: number;
  identity: string;
}

/** Makes this process the only launcher on the data folder; answers how to give that up. */
export function takeLock(path: string): () => void {
  const holder = currentHolder(path);
  if (holder) throw alreadyRuns(holder.pid);
  const text = JSON.stringify({ pid: process.pid, identity: identify(process.pid) } satisfies Partial<LockHolder>);
  if (!createExclusively(path, text)) removeStale(path);
  if (read(path) === undefined) createExclusively(path, text);
  if (read(path) !== text) throw alreadyRuns(currentHolder(path)?.pid);
  return () => rmSync(path, { force: true });
}

/** The launcher that has the lock and lives. */
export function currentHolder(path: string): LockHolder | undefined {
  const text = read(path);
  if (!text) return undefined;
  const holder = JSON.parse(text) as LockHolder;
  return isRunning(holder.pid, holder.identity) ? holder : undefined;
}

/** All of its text or none: it appears by a link, never half written. */
function createExclusively(path: string, text: string): boolean {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text, { mode: 0o600 });
  try {
    linkSync(aside, path);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(aside);
  }
}

/** Two starts may find the same dead holder: what is moved away is looked at again, and put back if it is the other one's. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (currentHolder(aside)) linkSync(aside, path);
  } catch {
    // the other one was faster
  }
  rmSync(aside, { force: true });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function alreadyRuns(pid: number | undefined): StackFailure {
  return new StackFailure(
    `Parley already runs on this data folder${pid === undefined ? '' : ` (launcher ${pid})`}`,
    '`npm run stack -- stop` stops it; PARLEY_DATA_DIR and PORT start another one beside it.',
  );
}
