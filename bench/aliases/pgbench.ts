import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figures, figuresOf } from '../figures.js';

/** A script of pgbench against the tables of session-service, for so long at that concurrency. */
export function pgbench(databaseUrl: string, script: string, { clients, seconds }: { clients: number; seconds: number }): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'parley-pgbench-'));
  const file = join(folder, 'script.sql');
  writeFileSync(file, script);
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', String(Math.min(clients, 2)), '-T', String(seconds), '-l', '-f', file, databaseUrl];
  try {
    execFileSync('pgbench', options, { cwd: folder, env: { ...process.env, PGOPTIONS: '-c search_path=session' }, stdio: ['ignore', 'ignore', 'inherit'] });
    const lines = readdirSync(folder).filter((name) => name.startsWith('pgbench_log')).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
    return figuresOf(lines.map((line) => Number(line.split(' ')[2]) / 1000), seconds, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
