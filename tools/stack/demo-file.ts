import { existsSync, readFileSync } from 'node:fs';
import type { OrgCredentials } from './demo-data.js';
import { StackFailure } from './failure.js';
import { writePrivately } from './secrets.js';

/** `demo.json`: all that a script needs to use the stack. */
export interface Demo extends OrgCredentials {
  baseUrl: string;
  adminToken: string;
}

export function readDemo(path: string): Demo {
  if (!existsSync(path)) throw new StackFailure('There is no demo data yet', 'Run `npm start` first.');
  return JSON.parse(readFileSync(path, 'utf8')) as Demo;
}

/** Makes the demo organisation once, and keeps the file's addresses current. */
export async function keepDemo(path: string, current: Pick<Demo, 'baseUrl' | 'adminToken'>, seed: () => Promise<OrgCredentials>): Promise<Demo> {
  const { orgId, apiKey, apiKeySecret } = existsSync(path) ? readDemo(path) : await seed();
  const demo: Demo = { baseUrl: current.baseUrl, orgId, apiKey, apiKeySecret, adminToken: current.adminToken };
  writePrivately(path, JSON.stringify(demo, null, 2));
  return demo;
}
