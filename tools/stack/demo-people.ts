import { randomSecret } from './secrets.js';

/** Who is in the demo organisation beside its API client: a user, an application that places calls for users, a token. */
export interface DemoPeople {
  orgToken: string;
  user: { username: string; password: string };
  callApp: { clientId: string; clientSecret: string; redirectUri: string };
}

interface Administered {
  baseUrl: string;
  adminToken: string;
  orgId: string;
}

const USERNAME = 'demo';
/** The gateway says that it is ready before it has every answer that it needs. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 200;

interface Answer<Body> {
  status: number;
  body: Body;
}

/** Whether the demo organisation is in this database: it may be another one than when it was made. */
export async function hasDemoOrg(at: Administered): Promise<boolean> {
  const { status } = await ask(at, 'GET', '');
  return status === 200;
}

/** Registers what is not known yet, through the API like anybody, and keeps the address that the application is called back at. */
export async function registerPeople(at: Administered, known: Partial<DemoPeople>): Promise<DemoPeople> {
  return {
    orgToken: known.orgToken ?? (await made<{ token: string }>(at, '/org-tokens', { name: 'Demo' })).token,
    user: known.user ?? (await registerUser(at)),
    callApp: await registerCallApp(at, known.callApp),
  };
}

/** If an earlier start was interrupted behind this, the user is there, with a password that nobody knows. */
async function registerUser(at: Administered): Promise<DemoPeople['user']> {
  const user = { username: USERNAME, password: randomSecret() };
  const { status, body } = await ask<{ detail?: string }>(at, 'POST', '/users', user);
  if (status === 201) return user;
  if (status !== 409) throw failed('/users', status, body);
  const { items } = (await ask<{ items: { userId: string; username: string }[] }>(at, 'GET', '/users?limit=200')).body;
  const found = items.find(({ username }) => username === USERNAME);
  if (!found) throw failed('/users', status, body);
  await changed(at, `/users/${found.userId}`, { password: user.password });
  return user;
}

async function registerCallApp(at: Administered, known: DemoPeople['callApp'] | undefined): Promise<DemoPeople['callApp']> {
  const redirectUri = `${at.baseUrl}/test`;
  if (!known) {
    const wishes = { name: 'Demo application', clickToCall: 'implicit', queryToken: true, redirectUris: [redirectUri] };
    const { clientId, clientSecret } = await made<{ clientId: string; clientSecret: string }>(at, '/clients', wishes);
    return { clientId, clientSecret, redirectUri };
  }
  if (known.redirectUri !== redirectUri) await changed(at, `/clients/${known.clientId}`, { redirectUris: [redirectUri] });
  return { ...known, redirectUri };
}

async function made<Body>(at: Administered, path: string, body: object): Promise<Body> {
  const answer = await ask<Body>(at, 'POST', path, body);
  if (answer.status !== 201) throw failed(path, answer.status, answer.body);
  return answer.body;
}

async function changed(at: Administered, path: string, change: object): Promise<void> {
  const { status, body } = await ask(at, 'PATCH', path, change);
  if (status !== 200) throw failed(path, status, body);
}

async function ask<Body>({ baseUrl, adminToken, orgId }: Administered, method: string, path: string, body?: object): Promise<Answer<Body>> {
  const headers = { authorization: `Bearer ${adminToken}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(`${baseUrl}/admin/v1/orgs/${orgId}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const answer = { status: response.status, body: (await response.json()) as Body };
    if (answer.status !== 503 || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function failed(path: string, status: number, body: unknown): Error {
  const { detail = '' } = body as { detail?: string };
  return new Error(`The demo data could not be registered: ${path} was answered with ${status}. ${detail}`);
}
