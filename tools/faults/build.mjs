// node tools/faults/build.mjs <name...>: test builds of the services for e2e/faults, each in dist/test-builds/<name>: what is in dist,
// with the patches of e2e/faults/patches.ts. Expects dist to be built. With --check it only looks whether every patch fits.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transform } from '@swc/core';
import { compilerOptions } from '../build.mjs';

const root = dirname(dirname(import.meta.dirname));
const tables = 'e2e/faults/patches.ts';
/** What the patches call, and where it comes from. */
const probes = { 'e2e/faults/probe.ts': ['crashPoint', 'isArmed', 'pausePoint'], 'e2e/faults/overtaking.ts': ['inAnotherOrder'] };
/** What is compiled for the test builds only. */
const own = [...Object.keys(probes), 'e2e/faults/load/random.ts', 'e2e/faults/bed/witness.ts'];
const options = { ...compilerOptions(), sourceMaps: 'inline' };

const sourceOf = (file) => readFileSync(join(root, file), 'utf8');
const filesOf = (patches) => [...new Set(patches.map(({ file }) => file))];

const apply = (source, { file, find, put }) => {
  const [before, after, ...more] = source.split(find);
  if (after === undefined || more.length > 0) throw new Error(`${file}: found ${after === undefined ? 'nowhere' : 'more than once'}: ${find}`);
  return `${before}${put}${after}`;
};

const write = async (folder, file, source, head = '') => {
  const { code } = await transform(source, { ...options, filename: join(root, file) });
  const out = join(folder, file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${head}${code}`);
};

const patchedSource = (file, patches) => patches.filter((patch) => patch.file === file).reduce(apply, sourceOf(file));

const patchFile = (folder, file, patches) => {
  const patched = patchedSource(file, patches);
  const imports = Object.entries(probes).map(([from, names]) => `import { ${names.join(', ')} } from '${relative(dirname(file), from.replace(/\.ts$/, '.js'))}';\n`);
  return write(folder, file, patched, imports.join(''));
};

/** They are compiled like everything else before they can be read. */
const readBuilds = async () => {
  const folder = join(root, 'dist', 'test-builds', `.tables-${process.pid}`);
  await write(folder, tables, sourceOf(tables));
  const { builds } = await import(join(folder, tables.replace(/\.ts$/, '.js')));
  rmSync(folder, { recursive: true, force: true });
  return builds;
};

const builds = await readBuilds();

const build = async (name) => {
  const patches = builds[name];
  if (!patches) throw new Error(`There is no test build ${name}, only: ${Object.keys(builds).join(', ')}`);
  const folder = join(root, 'dist', 'test-builds', name);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['apps', 'libs']) cpSync(join(root, 'dist', part), join(folder, part), { recursive: true });
  await Promise.all([...filesOf(patches).map((file) => patchFile(folder, file, patches)), ...own.map((file) => write(folder, file, sourceOf(file)))]);
};

const check = (patches) => filesOf(patches).forEach((file) => patchedSource(file, patches));

if (process.argv.includes('--check')) Object.values(builds).forEach(check);
else await Promise.all(process.argv.slice(2).map(build));
