/**
 * Cleans up after the process that started it. Its standard input is a pipe from that process: the end of it means that the
 * process is gone, by whatever signal, and then everything it had put under guard is stopped and every folder removed.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LifelineOrder } from './lifeline.js';
import { identify, isRunning, signalProcess } from './running.js';
import { waitUntil } from './wait.js';

interface Guarded {
  identity: string;
  signal: NodeJS.Signals;
}

const patienceMs = 8_500;
const guarded = new Map<number, Guarded>();
const folders = new Set<string>();

function obey(order: LifelineOrder): void {
  if (order.do === 'guard') guard(order.pid, order.signal);
  if (order.do === 'release') guarded.delete(order.pid);
  if (order.do === 'remove') folders.add(order.folder);
  if (order.do === 'keep') folders.delete(order.folder);
}

function guard(pid: number, signal: NodeJS.Signals): void {
  const identity = identify(pid);
  if (identity) guarded.set(pid, { identity, signal });
}

function left(): [number, Guarded][] {
  return [...guarded].filter(([pid, { identity }]) => isRunning(pid, identity));
}

async function cleanUp(): Promise<void> {
  for (const [pid, { signal }] of left()) signalProcess(pid, signal);
  await waitUntil(() => left().length === 0, patienceMs);
  for (const [pid] of left()) signalProcess(pid, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}); // the pipe alone decides
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => obey(JSON.parse(line) as LifelineOrder));
lines.on('close', () => void cleanUp().finally(() => process.exit(0)));
