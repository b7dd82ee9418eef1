import { closeSync, fstatSync, writeSync } from 'node:fs';
import { openLog, rotateAbove } from './log-file.js';

/** Writes a service's lines to its log and starts a new file when that one has grown large. */
export class LogWriter {
  private file: number;
  private size: number;

  constructor(private readonly path: string) {
    this.file = openLog(path);
    this.size = fstatSync(this.file).size;
  }

  write(line: string): void {
    this.size += writeSync(this.file, `${line}\n`);
    if (this.size > rotateAbove) this.rotate();
  }

  private rotate(): void {
    closeSync(this.file);
    this.file = openLog(this.path);
    this.size = 0;
  }
}
