import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
delete swc.jsc.paths; // moduleNameMapper does the aliasing
delete swc.jsc.baseUrl;

const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, module: { type: 'es6' }, sourceMaps: 'inline' }] },
  moduleNameMapper: {
    '^@parley/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
const withInfra = {
  globalSetup: '<rootDir>/tools/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/global-teardown.mjs',
};

/** unit: no database, no broker. db: one real PostgreSQL and NATS for the run. e2e: five real processes on those. */
export default {
  // Not one less than there are cores, as is jest's own choice: most specs wait most of their time. More would starve the servers.
  maxWorkers: availableParallelism(),
  // What a spec file has loaded is never quite forgotten, and a heap of gigabytes is collected for longer than it takes to load all anew.
  workerIdleMemoryLimit: '512MB',
  testTimeout: 60_000, // a machine that is busy with something else may be slow; what must be quick says so itself
  testSequencer: '<rootDir>/tools/jest/sequencer.mjs',
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,tools}/**/*.spec.ts'], testPathIgnorePatterns: ['\\.db\\.spec\\.ts$'] },
    { ...base, ...withInfra, displayName: 'db', testMatch: ['<rootDir>/{apps,libs}/**/*.db.spec.ts'] },
    { ...base, ...withInfra, displayName: 'e2e', testMatch: ['<rootDir>/e2e/**/*.e2e.ts'] },
  ],
};
