import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { compiled } from '../../../tools/stack/checkout.js';
import type { Demo } from '../../../tools/stack/demo-file.js';
import { readDemo } from '../../../tools/stack/demo-file.js';
import { guardProcess, releaseProcess, unrefPipe } from '../../../tools/stack/lifeline.js';
import { readRunState, type ProcessState, type RunState } from '../../../tools/stack/run-state.js';
import { eventually, notYet } from './eventually.js';

export interface LauncherOptions {
  dataDir: string;
  port: number;
  env?: Record<string, string>;
  /** Run as this user and group. */
  uid?: number;
}

/** `npm start` as a child of a test. */
export interface Launcher {
  readonly pid: number;
  /** All that it has shown. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  /** What it keeps in `demo.json`. */
  demo(): Demo;
  processes(): ProcessState[];
  processNamed(name: string): ProcessState;
  /** NATS_URL of one that PARLEY_LISTENERS names. */
  listenerUrl(name: string): string;
  untilReady(): Promise<void>;
}

export function startLauncher({ dataDir, port, env, uid }: LauncherOptions): Launcher {
  const child = spawn(process.execPath, [compiled('tools/stack/cli.js'), 'start'], {
    env: { PATH: process.env['PATH'], HOME: dataDir, PORT: String(port), PARLEY_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const pid = child.pid ?? 0;
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const exited = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? '')));
  guardProcess(pid, 'SIGTERM');
  child.unref(); // a spec that fails before it stops the launcher must not keep jest from ending
  [child.stdout, child.stderr].forEach(unrefPipe);
  void exited.then(() => releaseProcess(pid));
  const state = (): RunState | undefined => readRunState(join(dataDir, 'run.json'));
  const processes = (): ProcessState[] => state()?.processes ?? [];
  return {
    pid,
    exited,
    processes,
    output: () => shown,
    kill: (signal) => void child.kill(signal),
    demo: () => readDemo(join(dataDir, 'demo.json')),
    processNamed: (name) => processes().find((process) => process.name === name) ?? missing(name),
    listenerUrl: (name) => state()?.listeners[name] ?? missing(name),
    untilReady: () => untilReady(() => state()?.launcher === pid && state()?.ready === true, () => shown, exited),
  };
}

async function untilReady(isReady: () => boolean, shown: () => string, exited: Promise<number | string>): Promise<void> {
  let end: number | string | undefined;
  void exited.then((code) => (end = code));
  await eventually(
    () => {
      if (end !== undefined) return { ended: end };
      return isReady() ? {} : notYet(`the launcher has shown:\n${shown()}`);
    },
    { timeoutMs: 60_000 },
  );
  if (end !== undefined) throw new Error(`The launcher ended (${end}):\n${shown()}`);
}

function missing(name: string): never {
  throw new Error(`The launcher runs nothing called ${name}`);
}
