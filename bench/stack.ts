import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Demo {
  baseUrl: string;
  orgId: string;
  apiKey: string;
  apiKeySecret: string;
  adminToken: string;
  callApp: { clientId: string };
}

export interface BenchStack {
  demo: Demo;
  /** The superuser's, of the database that the services use. */
  databaseUrl: string;
  processes: { name: string; pid: number; port?: number }[];
  dataDir: string;
  pidOf(process: string): number;
  stop(): Promise<void>;
}

/** The whole system as `npm start` brings it, durable, in a folder of its own. */
export async function startStack(): Promise<BenchStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const child = spawn(process.execPath, ['tools/stack/cli.mjs', 'start'], {
    env: { ...process.env, PARLEY_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await ready(child);
  const demo = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as Demo;
  const run = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { processes: { name: string; pid: number; port?: number }[] };
  const password = readFileSync(join(dataDir, 'secrets', 'postgres-admin'), 'utf8').trim();
  return {
    demo,
    dataDir,
    processes: run.processes,
    pidOf: (process) => run.processes.find(({ name }) => name === process)?.pid ?? 0,
    databaseUrl: `postgres://postgres:${password}@127.0.0.1:${run.processes.find(({ name }) => name === 'postgres')?.port}/parley`,
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Parley is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the stack ended with ${code} before it was ready`)));
  });
}
