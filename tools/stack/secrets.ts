import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** The secret in the file; made there, readable by its owner alone, when there is none. */
export function keptSecret(path: string, make: () => string = randomSecret): string {
  if (!existsSync(path)) writePrivately(path, make());
  return readFileSync(path, 'utf8').trim();
}

/** A key-encryption file: lines of `<id> <32 bytes base64url>`, the first one current. */
export function kekFileText(): string {
  return `k1 ${randomBytes(32).toString('base64url')}`;
}

export function writePrivately(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, `${text}\n`, { mode: 0o600 });
  renameSync(aside, path);
}
