import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, renameSync, statSync } from 'node:fs';

export const rotateAbove = 20 * 1024 * 1024;

/** Opens a log for appending; one that has grown large becomes `<path>.1` first. */
export function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > rotateAbove) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

export function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** What was written since the log had this size. */
export function readFrom(path: string, offset: number): string {
  return existsSync(path) ? readFileSync(path).subarray(offset).toString('utf8') : '';
}

/** The last lines, without reading the whole file. */
export function lastLines(path: string, count: number): string[] {
  if (!existsSync(path)) return [];
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const tail = Buffer.alloc(Math.min(size, 256 * 1024));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8').split('\n').filter(Boolean).slice(-count);
  } finally {
    closeSync(file);
  }
}
