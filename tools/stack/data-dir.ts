import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkout } from './checkout.js';
import { reasonOf, StackFailure } from './failure.js';
import { sharedFolder } from './postgres-binaries.js';
import { isReachableByOthers, unprivilegedUser } from './system-user.js';

const marker = 'parley-data';
const ours = [marker, 'demo.json', 'run.json', 'launcher.lock', 'secrets', 'logs', 'nats', 'postgres', 'postgres.new', 'postgres.password'];

/** Where a stack keeps everything: PARLEY_DATA_DIR, or `.parley` in the checkout. */
export class DataDir {
  readonly path = resolve(process.env['PARLEY_DATA_DIR'] || join(checkout, '.parley'));

  exists(): boolean {
    return existsSync(join(this.path, marker));
  }

  file(name: 'demo.json' | 'run.json' | 'launcher.lock' | 'nats'): string {
    return join(this.path, name);
  }

  secret(name: string): string {
    return join(this.path, 'secrets', name);
  }

  log(name: string): string {
    return join(this.path, 'logs', `${name}.log`);
  }

  /** Its own folder; elsewhere when root's PostgreSQL, which runs as another user, could not get into this one. */
  postgres(): string {
    const elsewhere = unprivilegedUser() !== undefined && this.exists() && !isReachableByOthers(this.path);
    return elsewhere ? join(sharedFolder, `data-${createHash('sha256').update(this.path).digest('hex').slice(0, 12)}`) : join(this.path, 'postgres');
  }

  /** Makes it, or makes sure that it is one. */
  prepare(): void {
    if (!this.exists()) this.create();
    try {
      accessSync(this.path, constants.W_OK);
      chmodSync(this.path, 0o711); // others may pass through (see `postgres`), not look around
      mkdirSync(join(this.path, 'logs'), { recursive: true, mode: 0o700 });
      if (!this.postgres().startsWith(this.path)) mkdirSync(sharedFolder, { recursive: true, mode: 0o755 });
    } catch (error) {
      throw new StackFailure(`The data folder ${this.path} cannot be used: ${reasonOf(error)}`, 'Run as the user who created it, or set PARLEY_DATA_DIR to another folder.');
    }
  }

  /** Removes what a stack has put there, and nothing else. */
  clear(): void {
    const elsewhere = this.postgres();
    rmSync(elsewhere, { recursive: true, force: true });
    for (const name of ours) rmSync(join(this.path, name), { recursive: true, force: true });
    if (existsSync(this.path) && readdirSync(this.path).length === 0) rmSync(this.path, { recursive: true });
  }

  private create(): void {
    try {
      mkdirSync(this.path, { recursive: true });
      if (readdirSync(this.path).length === 0) return writeFileSync(join(this.path, marker), 'This folder belongs to Parley\'s local stack.\n');
    } catch (error) {
      throw new StackFailure(`The data folder ${this.path} could not be created: ${reasonOf(error)}`, 'Set PARLEY_DATA_DIR to a folder you may write to.');
    }
    throw new StackFailure(`${this.path} holds something that is not Parley's`, 'Set PARLEY_DATA_DIR to a new or empty folder.');
  }
}
