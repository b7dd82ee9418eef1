// npm test: everything that must hold before a change lands, in order of cost; ends at the first step that fails.
// Arguments go to jest: `npm test -- e2e/stack`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
const results = join(folder, 'jest.json');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const jest = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules', 'jest', 'bin', 'jest.js')];

const steps = [
  ['build', process.execPath, [join(root, 'tools', 'build.mjs')]],
  ['typecheck', bin('tsc'), ['-p', 'tsconfig.json']],
  ['lint', bin('eslint'), ['.']],
  ['generated documents', process.execPath, [join(root, 'tools', 'docs', 'generate.mjs'), '--check']],
  ['tests', process.execPath, [...jest, '--json', `--outputFile=${results}`, ...process.argv.slice(2)]],
];

const run = ([name, command, given]) => {
  console.log(`> ${name}`);
  const began = performance.now();
  const { status, error } = spawnSync(command, given, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}, ${seconds} s${error ? ` (${error.message})` : ''}\n`);
  return status === 0;
};

/** A test file that could not even be loaded counts as one failure: it holds tests that did not pass. */
const printCounts = () => {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = JSON.parse(readFileSync(results, 'utf8'));
  const skipped = numPendingTests + numTodoTests;
  console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
};

const passed = steps.every(run);
if (existsSync(results)) printCounts();
rmSync(folder, { recursive: true, force: true });
process.exitCode = passed ? 0 : 1;
