import type { OrgCredentials } from '../../../tools/stack/demo-data.js';

/** Where an operator works, and by which token. */
export interface Administration {
  baseUrl: string;
  adminToken: string;
}

/** An organisation of that name with one API client, made as an operator makes them. */
export async function createOrg(system: Administration, name: string): Promise<OrgCredentials> {
  const { orgId } = await administer<{ orgId: string }>(system, '/orgs', { name });
  const { clientId, clientSecret } = await administer<{ clientId: string; clientSecret: string }>(system, `/orgs/${orgId}/clients`, { name });
  return { orgId, apiKey: clientId, apiKeySecret: clientSecret };
}

/** Makes something that the operator may make, at a path below `/admin/v1`. */
export async function administer<Body>({ baseUrl, adminToken }: Administration, path: string, body: object): Promise<Body> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(`${baseUrl}/admin/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.status !== 201) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
}
