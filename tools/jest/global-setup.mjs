// One PostgreSQL for the whole run, and one system if a spec asks for it, whichever projects take part: jest runs a setup file once,
// however many of them name it. Both die with this process, kill -9 included, and so do their folders.
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../build.mjs';

export default async function globalSetup() {
  const { failures } = await build();
  failures.forEach((failure) => console.error(`does not compile: ${failure}`)); // the specs that need it will say so too
  const { startPostgres } = await import('../../dist/tools/stack/postgres.js');
  const { guardFolder } = await import('../../dist/tools/stack/lifeline.js');
  const folder = mkdtempSync(join(tmpdir(), 'parley-jest-'));
  guardFolder(folder);
  chmodSync(folder, 0o711); // PostgreSQL runs as another user when we are root
  const postgres = await startPostgres({
    dir: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'test',
    durable: false,
    maxConnections: 500,
  });
  process.env.TEST_DATABASE_ADMIN_URL = postgres.url;
  process.env.PGCONNECT_TIMEOUT = '30'; // on a busy machine a server needs time to greet everybody
  const { makeTemplate } = await import('../../dist/libs/testing/src/test-database.js');
  await makeTemplate(postgres.url).catch((error) => console.error(`no migrated database to copy: ${error.message}`)); // the specs that need it will say so too
  const { offerSharedSystem } = await import('../../dist/libs/testing/src/shared-system.js');
  const shared = await offerSharedSystem();
  process.env.TEST_SHARED_SYSTEM_URL = shared.url;
  globalThis.parleyTestServers = { postgres: postgres.child, folder, shared };
}
