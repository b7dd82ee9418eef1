import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const run = (command: string, ...args: string[]): void => void execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
const LAZY = 'loop,commit=300';

/** A file system of our own, to be filled or cut off. Needs root; with loop devices where it says so. */
export class Disk {
  private constructor(
    readonly path: string,
    private readonly image: string | undefined,
  ) {}

  static inMemory(path: string, megabytes: number): Disk {
    mkdirSync(path, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', path);
    return new Disk(path, undefined);
  }

  /** Commits its journal only when somebody asks it to: what nobody synced is not in the image. */
  static onLoop(path: string, megabytes: number): Disk {
    const image = `${path}.img`;
    mkdirSync(path, { recursive: true });
    run('truncate', '-s', `${megabytes}M`, image);
    run('mkfs.ext4', '-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
    run('mount', '-o', LAZY, image, path);
    chmodSync(path, 0o711);
    return new Disk(path, image);
  }

  /** Nothing more fits. */
  fill(): void {
    spawnSync('dd', ['if=/dev/zero', `of=${join(this.path, 'filler')}`, 'bs=64k'], { stdio: 'ignore' });
    spawnSync('dd', ['if=/dev/zero', `of=${join(this.path, 'filler2')}`, 'bs=1k'], { stdio: 'ignore' });
  }

  makeRoom(): void {
    for (const name of ['filler', 'filler2']) rmSync(join(this.path, name), { force: true });
  }

  /** What would be there after a power cut now. Whoever writes must be stopped meanwhile, or the copy would be of no one moment. */
  snapshot(): void {
    if (this.image) copyFileSync(this.image, `${this.image}.cut`);
  }

  /** The disk is what it was at the snapshot. Nobody may have a file open. */
  goBack(): void {
    if (!this.image) throw new Error('There is nothing to go back to');
    this.unmount();
    renameSync(`${this.image}.cut`, this.image);
    run('mount', '-o', LAZY, this.image, this.path);
  }

  remove(): void {
    this.unmount();
    if (this.image) rmSync(this.image, { force: true });
  }

  /** Processes that were killed may hold it for a moment. */
  private unmount(): void {
    for (let tries = 0; tries < 50; tries++) {
      if (spawnSync('umount', [this.path], { stdio: 'ignore' }).status === 0) return;
      spawnSync('sleep', ['0.1']);
    }
    run('umount', '-l', this.path);
  }
}

let mountable: boolean | undefined;

/** Whether this machine lets us have file systems of our own: root, and loop devices. */
export function canMount(): boolean {
  mountable ??= tryLoop();
  return mountable;
}

function tryLoop(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/dev/loop-control')) return false;
  const folder = execFileSync('mktemp', ['-d']).toString().trim();
  try {
    Disk.onLoop(join(folder, 'try'), 16).remove();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
