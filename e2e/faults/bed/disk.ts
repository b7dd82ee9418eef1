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
    const write = (name: string, size: string): string =>
      spawnSync('dd', ['if=/dev/zero', `of=${join(this.path, name)}`, `bs=${size}`], { env: { ...process.env, LC_ALL: 'C' } }).stderr.toString();
    const ends = [write('filler', '64k'), write('filler2', '1k')];
    if (!ends.every((end) => end.includes('No space left on device'))) throw new Error(`The disk could not be filled: ${ends.join('; ')}`);
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

/** `loop`: PostgreSQL and NATS each keep their data on a file system of their own, to be cut off; `small`: NATS on a small one, to be filled. */
export type Disks = 'none' | 'loop' | 'small';

/** What a machine must let us have for them, and whether it does. */
const needs: Record<Disks, { what: string; isThere(): boolean }> = {
  none: { what: 'nothing', isThere: () => true },
  small: { what: 'root, who may mount a tmpfs', isThere: () => isMade((place) => Disk.inMemory(place, 1)) },
  loop: { what: 'root and loop devices', isThere: () => existsSync('/dev/loop-control') && isMade((place) => Disk.onLoop(place, 16)) },
};
const known = new Map<Disks, boolean>();

/** What this machine lacks for such disks; undefined if it lets us have them. */
export function lackFor(disks: Disks): string | undefined {
  if (!known.has(disks)) known.set(disks, needs[disks].isThere());
  return known.get(disks) ? undefined : needs[disks].what;
}

function isMade(make: (place: string) => Disk): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = execFileSync('mktemp', ['-d']).toString().trim();
  try {
    make(join(folder, 'try')).remove();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
