// node tools/build.mjs [dir...]: transpiles every .ts file below the folders (default: apps examples libs tools) into dist/, one file each.
// swc, because esbuild and Node's own type stripping emit no decorator metadata, which Nest and TypeORM read.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';

const root = dirname(import.meta.dirname);
const everything = ['apps', 'examples', 'libs', 'tools'];

/** What only specs stand on is not for dist. */
const isSource = (file) => file.endsWith('.ts') && !/\.(spec|e2e|d)\.ts$|\/src\/testing\//.test(file);

const sourcesBelow = (dir) =>
  existsSync(join(root, dir)) ? readdirSync(join(root, dir), { recursive: true }).map((file) => join(dir, file)).filter(isSource) : [];

export const compilerOptions = () => {
  const config = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
  config.jsc.baseUrl = root; // swc resolves `paths` against an absolute baseUrl only
  return { ...config, swcrc: false, configFile: false };
};

/** Written aside and renamed: a process that starts during a build must never import half a file. */
const replaceFile = (path, text) => {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text);
  renameSync(aside, path);
};

const transpile = async (file, options) => {
  const out = join(root, 'dist', file.replace(/\.ts$/, '.js'));
  try {
    const { code, map } = await transformFile(join(root, file), { ...options, filename: join(root, file) });
    mkdirSync(dirname(out), { recursive: true });
    replaceFile(`${out}.map`, map);
    replaceFile(out, `${code}\n//# sourceMappingURL=${basename(out)}.map`);
    return [];
  } catch (error) {
    rmSync(out, { force: true }); // yesterday's output under a source that does not compile would hide the fault
    return [`${file}: ${error instanceof Error ? error.message : error}`];
  }
};

/** Output whose source was renamed or removed would go on working here and fail everywhere else. */
const removeOrphans = (dir) => {
  const out = join(root, 'dist', dir);
  if (!existsSync(out)) return;
  const compiled = readdirSync(out, { recursive: true }).filter((file) => /\.js(\.map)?$/.test(file));
  for (const file of compiled) {
    const source = join(root, dir, file.replace(/\.js(\.map)?$/, '.ts'));
    if (!existsSync(source)) rmSync(join(out, file), { force: true });
  }
};

/** Transpiles the folders; answers how many files and, one text each, which did not compile. */
export async function build(dirs = everything) {
  const options = compilerOptions();
  const files = dirs.flatMap((dir) => sourcesBelow(relative(root, join(root, dir))));
  const failures = await Promise.all(files.map((file) => transpile(file, options)));
  dirs.forEach(removeOrphans);
  return { files: files.length, failures: failures.flat() };
}

const isMain = process.argv[1] !== undefined && statSync(process.argv[1]).ino === statSync(import.meta.filename).ino;
if (isMain) {
  const { files, failures } = await build(process.argv.length > 2 ? process.argv.slice(2) : everything);
  failures.forEach((failure) => console.error(failure));
  console.log(`built ${files - failures.length} files`);
  if (failures.length > 0) process.exitCode = 1;
}
