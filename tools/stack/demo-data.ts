import { runScript } from './service-process.js';

export interface OrgCredentials {
  orgId: string;
  apiKey: string;
  apiKeySecret: string;
}

/** One more API client for the demo organisation, which is created if there is none; with the environment of auth-service. */
export async function seedOrg(authEnv: Record<string, string>): Promise<OrgCredentials> {
  const printed = await runScript('apps/auth-service/src/seed.js', authEnv);
  const answer = printed.split('\n').find((line) => line.startsWith('{') && line.includes('"apiKeySecret"'));
  if (!answer) throw new Error('The seed of auth-service printed no credentials');
  return JSON.parse(answer) as OrgCredentials;
}


