import { rmSync } from 'node:fs';
import { releaseFolder } from '../../dist/tools/stack/lifeline.js';

export default async function globalTeardown() {
  const { postgres, folder, shared } = globalThis.parleyTestServers;
  await shared.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  releaseFolder(folder);
}
