import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataDir } from './data-dir.js';
import { StackFailure } from './failure.js';
import { lastLines, readFrom, sizeOf } from './log-file.js';
import { readableLine } from './readable-log.js';
import { sleep } from './wait.js';

export interface LogWishes {
  /** All of them, if none is named. */
  names: string[];
  lines: number;
  follow: boolean;
}

/** Shows the last lines of the logs, and with `follow` what comes. */
export async function logs(dataDir: DataDir, { names, lines, follow }: LogWishes): Promise<void> {
  const wanted = names.length > 0 ? names : namesIn(dataDir);
  for (const name of wanted) {
    if (!existsSync(dataDir.log(name))) throw new StackFailure(`There is no log of ${name}`, `There are: ${namesIn(dataDir).join(', ') || 'none yet'}.`);
    lastLines(dataDir.log(name), lines).forEach((line) => show(line, name));
  }
  if (follow) await Promise.all(wanted.map((name) => followLog(dataDir.log(name), name)));
}

function namesIn(dataDir: DataDir): string[] {
  const folder = join(dataDir.path, 'logs');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -'.log'.length));
}

async function followLog(path: string, name: string): Promise<never> {
  let seen = sizeOf(path);
  for (;;) {
    await sleep(300);
    const size = sizeOf(path);
    if (size < seen) seen = 0; // a new file
    const fresh = readFrom(path, seen);
    const whole = fresh.slice(0, fresh.lastIndexOf('\n') + 1);
    seen += Buffer.byteLength(whole);
    whole.split('\n').filter(Boolean).forEach((line) => show(line, name));
  }
}

function show(line: string, name: string): void {
  process.stdout.write(`${readableLine(line, name).text}\n`);
}
