import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startChild, type Child } from './child.js';
import { checkout, compiled } from './checkout.js';

export interface ServiceProcess {
  child: Child;
  /** Settled when it says that it is ready; rejects when it ends before. */
  ready: Promise<void>;
}

export interface ServiceStart {
  name: string;
  env: Record<string, string>;
  onLine: (line: string) => void;
  /** The program, if it is not the service of that name. */
  program?: string | undefined;
  /** The folder with the compiled files, if it is not the one that production gets. */
  dist?: string | undefined;
}

/** Starts one service. It also stops by itself when we are gone: the ipc channel tells it. */
export async function startService({ name, env, onLine, program = `apps/${name}/src/main.js`, dist }: ServiceStart): Promise<ServiceProcess> {
  const file = dist === undefined ? compiled(program) : join(dist, program);
  const child = await startChild({ ...nodeProcess(file, env), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  forwardLines(child, onLine);
  return { child, ready: readinessOf(child) };
}

/** Runs one of a service's scripts to its end; answers what it printed. */
export async function runScript(path: string, env: Record<string, string>): Promise<string> {
  const child = await startChild({ ...nodeProcess(compiled(path), env), stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, complaints] = [collect(child.process.stdout), collect(child.process.stderr)];
  const end = await child.exited;
  if (end !== 'exit code 0') throw new Error(`${path}: ${end}\n${complaints().trim() || printed().trim()}`);
  return printed();
}

function nodeProcess(file: string, env: Record<string, string>) {
  return {
    command: process.execPath,
    args: ['--enable-source-maps', file],
    env: { PATH: process.env['PATH'], ...env },
    cwd: checkout,
    stopSignal: 'SIGTERM' as const,
  };
}

function readinessOf(child: Child): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    child.process.on('message', (message: { type?: string }) => message.type === 'ready' && resolve());
    void child.exited.then((end) => reject(new Error(`${end} before it was ready`)));
  });
  ready.catch(() => {}); // whoever waits for it sees the rejection; nobody may be waiting any more
  return ready;
}

function forwardLines(child: Child, onLine: (line: string) => void): void {
  for (const stream of [child.process.stdout, child.process.stderr]) {
    if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
