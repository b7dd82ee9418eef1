import { readFileSync, rmSync } from 'node:fs';
import { lifelinePid } from './lifeline.js';
import { identify, isRunning, signalProcess } from './running.js';
import { writePrivately } from './secrets.js';
import { waitUntil } from './wait.js';

export interface ProcessState {
  name: string;
  pid: number;
  identity: string;
  port?: number;
  healthPort?: number;
  /** How often it had to be brought back. */
  restarts: number;
}

/** What runs, for `status` and for a start after an accident. */
export interface RunState {
  launcher: number;
  baseUrl: string;
  ready: boolean;
  processes: ProcessState[];
  /** NATS_URL of each service of somebody else's that hears events. */
  listeners: Record<string, string>;
}

/** Keeps `run.json` in step with what runs. */
export class RunRecord {
  private readonly state: RunState;

  constructor(
    private readonly path: string,
    baseUrl: string,
  ) {
    this.state = { launcher: process.pid, baseUrl, ready: false, processes: [], listeners: {} };
  }

  put(name: string, pid: number, ports: Pick<ProcessState, 'port' | 'healthPort'>): void {
    const known = this.state.processes.findIndex((process) => process.name === name);
    const restarts = known < 0 ? 0 : (this.state.processes[known]?.restarts ?? 0) + 1;
    const entry = { name, pid, identity: identify(pid) ?? '', ...ports, restarts };
    this.state.processes.splice(known < 0 ? this.state.processes.length : known, 1, entry);
    this.write();
  }

  setListeners(listeners: Record<string, string>): void {
    this.state.listeners = listeners;
    this.write();
  }

  markReady(): void {
    this.state.ready = true;
    this.write();
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  private write(): void {
    const lifeline = lifelinePid();
    const helper = lifeline === undefined ? [] : [{ name: 'lifeline', pid: lifeline, identity: identify(lifeline) ?? '', restarts: 0 }];
    writePrivately(this.path, JSON.stringify({ ...this.state, processes: [...this.state.processes, ...helper] }, null, 2));
  }
}

export function readRunState(path: string): RunState | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunState;
  } catch {
    return undefined;
  }
}

/** After a launcher was killed: its lifeline is still stopping the rest, or was killed as well. Waits, then insists. */
export async function clearLeftovers(path: string, say: (line: string) => void): Promise<void> {
  const left = (): ProcessState[] => (readRunState(path)?.processes ?? []).filter(({ pid, identity }) => isRunning(pid, identity));
  if (left().length === 0) return;
  say('waiting for what the last run left to stop');
  const lifeline = left().some(({ name }) => name === 'lifeline');
  if (!lifeline) for (const { pid, name } of left()) signalProcess(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  if (!(await waitUntil(() => left().length === 0, 10_000))) for (const { pid } of left()) signalProcess(pid, 'SIGKILL');
}
