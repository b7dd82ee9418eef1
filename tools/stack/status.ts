import type { DataDir } from './data-dir.js';
import { currentHolder } from './lock.js';
import { readRunState, type RunState } from './run-state.js';
import { isRunning } from './running.js';

interface Status {
  running: boolean;
  ready: boolean;
  dataDir: string;
  baseUrl?: string;
  launcher?: number;
  processes: ProcessStatus[];
  /** NATS_URL of each; the key is in the file that it names. */
  listeners?: Record<string, string>;
}

interface ProcessStatus {
  name: string;
  pid: number;
  running: boolean;
  restarts: number;
  port?: number;
  healthPort?: number;
}

export function status(dataDir: DataDir, asJson: boolean): void {
  const now = statusOf(dataDir);
  process.stdout.write(`${asJson ? JSON.stringify(now, null, 2) : inWords(now)}\n`);
  if (!now.running) process.exitCode = 3; // as init scripts answer for "not running"
}

function statusOf(dataDir: DataDir): Status {
  const holder = currentHolder(dataDir.file('launcher.lock'));
  const state = holder && readRunState(dataDir.file('run.json'));
  const common = { running: holder !== undefined, ready: state?.ready ?? false, dataDir: dataDir.path, processes: processesOf(state) };
  return { ...common, ...(holder ? { launcher: holder.pid } : {}), ...(state ? { baseUrl: state.baseUrl, listeners: state.listeners } : {}) };
}

function processesOf(state: RunState | undefined): ProcessStatus[] {
  return (state?.processes ?? []).map(({ identity, ...process }) => ({ ...process, running: isRunning(process.pid, identity) }));
}

function inWords({ running, ready, dataDir, baseUrl, processes, listeners = {} }: Status): string {
  if (!running) return `Parley does not run on ${dataDir}`;
  const rows = processes.map(({ name, pid, port, healthPort, restarts, running: alive }) =>
    [name.padEnd(21), String(pid).padEnd(8), String(port ?? '-').padEnd(6), String(healthPort ?? '-').padEnd(7), String(restarts).padEnd(9), alive ? 'up' : 'down'].join(''),
  );
  const heard = Object.entries(listeners).map(([name, url]) => `\nlistener ${name}: NATS_URL='${url}'`);
  const heading = `${'process'.padEnd(21)}${'pid'.padEnd(8)}${'port'.padEnd(6)}${'health'.padEnd(7)}${'restarts'.padEnd(9)}`;
  return [`Parley ${ready ? 'is ready at' : 'is starting; it will be at'} ${baseUrl ?? '?'}`, '', heading, ...rows, ...heard].join('\n');
}
