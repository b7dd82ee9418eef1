import { rmSync } from 'node:fs';
import { releaseFolder } from '../../dist/tools/stack/lifeline.js';

export default async function globalTeardown() {
  const { child, folder } = globalThis.parleyTestPostgres;
  await child.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  releaseFolder(folder);
}
