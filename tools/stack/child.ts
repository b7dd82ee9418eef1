import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync } from 'node:fs';
import { guardProcess, releaseProcess, unrefPipe } from './lifeline.js';
import { sleep } from './wait.js';

export interface ChildSpec {
  command: string;
  args: string[];
  env: Record<string, string | undefined>;
  /** File descriptors in it are closed on our side. */
  stdio: StdioOptions;
  /** What asks it to stop in good order. */
  stopSignal: NodeJS.Signals;
  cwd?: string;
  uid?: number;
  gid?: number;
}

/** A process of ours that does not outlive us. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  /** How it ended, in words; never rejects. */
  readonly exited: Promise<string>;
  hasExited(): boolean;
  /** Asks, and after the time given insists. */
  stop(patienceMs?: number): Promise<void>;
  /** At once, without asking. */
  kill(): Promise<void>;
  /** From now on it does not keep our own process from ending, and with it the child. */
  release(): void;
}

const live = new Set<Child>();

/** Every process of ours that runs. */
export function liveChildren(): Child[] {
  return [...live];
}

export async function startChild(spec: ChildSpec): Promise<Child> {
  const { command, args, stopSignal, ...options } = spec;
  const child = spawn(command, args, { ...options, env: options.env, detached: true }); // out of reach of the terminal's Ctrl-C
  const exited = exitOf(child);
  const pid = child.pid;
  if (pid !== undefined) guardProcess(pid, stopSignal);
  closeFiles(spec.stdio);
  if (pid === undefined) throw new Error(`${command} could not be started: ${await exited}`);
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const started: Child = {
    pid,
    process: child,
    exited,
    hasExited,
    stop: (patienceMs) => stop(child, exited, stopSignal, patienceMs),
    kill: () => stop(child, exited, 'SIGKILL'),
    release: () => release(child),
  };
  live.add(started);
  void exited.then(() => {
    live.delete(started);
    releaseProcess(pid);
  });
  return started;
}

/** The child has copies of its own. */
function closeFiles(stdio: StdioOptions): void {
  const files = Array.isArray(stdio) ? stdio.filter((to): to is number => typeof to === 'number') : [];
  for (const file of new Set(files)) closeSync(file);
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => child.pid === undefined && resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`));
  });
}

function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) unrefPipe(pipe);
}

async function stop(child: ChildProcess, exited: Promise<string>, signal: NodeJS.Signals, patienceMs = 8_500): Promise<void> {
  child.ref(); // now it is worth waiting for
  child.kill(signal);
  const inTime = await Promise.race([exited, sleep(patienceMs, { ref: false }).then(() => undefined)]);
  if (inTime === undefined) child.kill('SIGKILL');
  await exited;
}
