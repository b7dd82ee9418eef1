import { existsSync, readFileSync } from 'node:fs';
import type { OrgCredentials } from './demo-data.js';
import { type DemoPeople, hasDemoOrg, registerPeople } from './demo-people.js';
import { StackFailure } from './failure.js';
import { writePrivately } from './secrets.js';

/** `demo.json`: all that a script needs to use the stack. */
export interface Demo extends OrgCredentials, DemoPeople {
  baseUrl: string;
  adminToken: string;
}

export function readDemo(path: string): Demo {
  if (!existsSync(path)) throw new StackFailure('There is no demo data yet', 'Run `npm start` first.');
  return JSON.parse(readFileSync(path, 'utf8')) as Demo;
}

/** What the file says, if there is one. */
export const knownDemo = (path: string): Demo | undefined => (existsSync(path) ? readDemo(path) : undefined);

/** Whoever tries Parley out makes OpenTok sessions without a token, unless the operator has named another organisation for it. */
export function openToAnybody(sessionEnv: Record<string, string>, { orgId }: OrgCredentials): void {
  sessionEnv['OPENTOK_PUBLIC_ORG_ID'] ??= orgId;
}

/** Makes the demo organisation and who is in it once, and keeps the file's addresses current. The services must be running. */
export async function keepDemo(path: string, { baseUrl, adminToken }: Pick<Demo, 'baseUrl' | 'adminToken'>, seed: () => Promise<OrgCredentials>): Promise<Demo> {
  const before = knownDemo(path);
  const known: OrgCredentials & Partial<DemoPeople> = before && (await hasDemoOrg({ ...before, baseUrl, adminToken })) ? before : await seed();
  const { orgId, apiKey, apiKeySecret } = known;
  const people = await registerPeople({ baseUrl, adminToken, orgId }, known);
  const demo: Demo = { baseUrl, orgId, apiKey, apiKeySecret, adminToken, ...people };
  writePrivately(path, JSON.stringify(demo, null, 2));
  return demo;
}
