import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function folderWithPackageJson(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`No package.json above ${import.meta.dirname}`);
  return folderWithPackageJson(parent);
}

/** The checkout's folder: the same whether this file runs from dist or, under jest, from its source. */
export const checkout = folderWithPackageJson(import.meta.dirname);

/** A compiled file, by its path without `dist/`. */
export function compiled(path: string): string {
  return join(checkout, 'dist', path);
}
