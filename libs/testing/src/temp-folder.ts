import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder, releaseFolder } from '../../../tools/stack/lifeline.js';

export interface TempFolder {
  path: string;
  remove(): void;
}

/** A folder that is gone after the test, however that ends. */
export function tempFolder(purpose: string): TempFolder {
  const path = mkdtempSync(join(tmpdir(), `parley-${purpose}-`));
  chmodSync(path, 0o711); // PostgreSQL may run as another user than we do
  guardFolder(path);
  return { path, remove: () => removeFolder(path) };
}

function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  releaseFolder(path);
}
