import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { compiled } from './checkout.js';

export type LifelineOrder =
  | { do: 'guard'; pid: number; signal: NodeJS.Signals }
  | { do: 'release'; pid: number }
  | { do: 'remove'; folder: string }
  | { do: 'keep'; folder: string };

const processes = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();
const helpers = new Set<ChildProcess>();
let helper: ChildProcess | undefined;

/** From now on this process is stopped when ours is gone, `kill -9` included. */
export function guardProcess(pid: number, signal: NodeJS.Signals): void {
  processes.set(pid, signal);
  tell({ do: 'guard', pid, signal });
}

export function releaseProcess(pid: number): void {
  processes.delete(pid);
  tell({ do: 'release', pid });
  restWhenIdle();
}

/** From now on this folder is removed when our process is gone. */
export function guardFolder(folder: string): void {
  folders.add(folder);
  tell({ do: 'remove', folder });
}

export function releaseFolder(folder: string): void {
  folders.delete(folder);
  tell({ do: 'keep', folder });
  restWhenIdle();
}

/** Settles when nothing is under guard any more and the helper has ended too. */
export async function lifelineEnded(): Promise<void> {
  await Promise.all([...helpers].map(endOf));
}

function endOf(ending: ChildProcess): Promise<unknown> {
  ending.ref(); // now it is worth waiting for
  return new Promise((resolve) => ending.once('exit', resolve));
}

/** The helper's process number, for the list of what runs. */
export function lifelinePid(): number | undefined {
  return helper?.pid;
}

function tell(order: LifelineOrder): void {
  if (helper) send(helper, order);
  else startHelper(); // which tells it everything that is under guard
}

function send(to: ChildProcess, order: LifelineOrder): void {
  to.stdin?.write(`${JSON.stringify(order)}\n`);
}

function startHelper(): void {
  if (processes.size + folders.size === 0) return;
  // detached: Ctrl-C goes to the whole process group, and this one has to be the last to leave
  const started = spawn(process.execPath, [compiled('tools/stack/lifeline-process.js')], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  helper = started;
  helpers.add(started);
  started.unref();
  unrefPipe(started.stdin);
  started.stdin?.on('error', () => {}); // it was killed: 'exit' follows
  started.on('error', () => {});
  started.once('exit', () => replaceHelper(started));
  for (const [pid, signal] of processes) send(started, { do: 'guard', pid, signal });
  for (const folder of folders) send(started, { do: 'remove', folder });
}

/** The pipe of a child is a socket, although its type does not say so. */
export function unrefPipe(pipe: Readable | Writable | null): void {
  if (pipe instanceof Socket) pipe.unref();
}

function replaceHelper(gone: ChildProcess): void {
  helpers.delete(gone);
  if (helper !== gone) return;
  helper = undefined;
  startHelper();
}

function restWhenIdle(): void {
  if (processes.size + folders.size > 0 || !helper) return;
  const idle = helper;
  helper = undefined;
  idle.stdin?.end();
}
