import type { AuthSystem } from './auth-system.fixture.e2e.js';
import { operator } from './admin.fixture.e2e.js';
import { OrgsService } from './orgs/orgs.service.js';
import { RegistrationsService } from './registrations/registrations.service.js';
import { UsersService } from './users/users.service.js';

export interface Reply {
  status: number;
  headers: Headers;
  /** Where it leads to, if anywhere. */
  location: string;
  text: string;
  /** What the text holds, if it is JSON. */
  body: Record<string, unknown>;
}

export const PROGRAM = { accept: 'application/json' };
/** What Chromium sends with a form of the same site. */
export const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'sec-fetch-mode': 'navigate' };
export const FORM_POST = { origin: 'https://parley.test', 'sec-fetch-site': 'same-origin' };

/** Keeps cookies as a browser does, and goes nowhere by itself. */
export class Agent {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly base: string,
    private readonly headers: Record<string, string> = PROGRAM,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send(path, { headers });
  }

  post(path: string, form: Record<string, string> | string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send(path, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  private async send(path: string, init: RequestInit): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.headers, ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string>) };
    const response = await fetch(this.base + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const text = await response.text();
    return { status: response.status, headers: response.headers, location: response.headers.get('location') ?? '', text, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  private keep(line: string): void {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
    if (value === '' || /expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The fields that a page's form sends back unseen. */
export const hiddenFieldsOf = (html: string): Record<string, string> =>
  Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [name ?? '', (value ?? '').replaceAll('&amp;', '&')]));

export interface CallApp {
  orgId: string;
  clientId: string;
  secret: string;
  redirectUri: string;
  user: { userId: string; username: string; password: string };
}

/** An org with an application for calls and somebody who uses it. */
export async function newCallApp(auth: AuthSystem, wishes: { clickToCall?: 'off' | 'code' | 'implicit'; queryToken?: boolean; redirectUris?: string[] } = {}): Promise<CallApp> {
  const { orgId } = await auth.get(OrgsService).register(operator, 'Clinic');
  const redirectUri = 'https://app.test/back';
  const client = { name: 'Dial', clickToCall: 'implicit' as const, redirectUris: [redirectUri], ...wishes };
  const { clientId, clientSecret: secret = '' } = await auth.get(RegistrationsService).register(operator, orgId, client);
  const password = 'correct horse';
  const { userId, username } = await auth.get(UsersService).register(operator, orgId, { username: 'ada', password });
  return { orgId, clientId, secret, redirectUri, user: { userId, username, password } };
}

export const asks = ({ clientId, redirectUri }: Pick<CallApp, 'clientId' | 'redirectUri'>, more: Record<string, string> = {}): Record<string, string> => ({
  client_id: clientId,
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'call',
  ...more,
});

export const queryOf = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

export const hop = (path: string, fields: Record<string, string>): string => `${path}?${queryOf(fields)}`;

/** Logs in by the documented fields. */
export async function logIn(agent: Agent, at: CallApp): Promise<Agent> {
  const { username, password } = at.user;
  const { status } = await agent.post('/auth/login', asks(at, { username, password }));
  if (status !== 303) throw new Error(`the login was answered with ${status}`);
  return agent;
}

export const grantOf = (agent: Agent, at: CallApp, more: Record<string, string> = {}): Promise<Reply> => agent.post('/auth/grant', asks(at, { grant: 'true', ...more }));

/** The code with which the browser is sent back. */
export const codeIn = ({ location }: Reply): string => new URL(location).searchParams.get('code') ?? '';

/** A new one, of somebody who logs in for it. */
export const newCode = async (base: string, at: CallApp, more: Record<string, string> = {}): Promise<string> => codeIn(await grantOf(await logIn(new Agent(base), at), at, more));

/** What stands behind the `#`. */
export const fragmentOf = ({ location }: Reply): URLSearchParams => new URLSearchParams(location.split('#')[1]);

export const exchangeOf = (at: CallApp, code: string, more: Record<string, string> = {}): string =>
  hop('/oauth/token', { client_id: at.clientId, client_secret: at.secret, code, redirect_uri: at.redirectUri, grant_type: 'authorization_code', ...more });
