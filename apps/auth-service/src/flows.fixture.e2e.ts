import type { NewClient } from '@parley/dto';
import { operator } from './admin.fixture.e2e.js';
import type { AuthSystem } from './auth-system.fixture.e2e.js';
import { OrgsService } from './orgs/orgs.service.js';
import { Agent } from './people.fixture.e2e.js';
import { RegistrationsService } from './registrations/registrations.service.js';
import { UsersService } from './users/users.service.js';

export const ISSUER = 'https://parley.test';
export const BACK = 'https://app.test/back';

export interface App {
  orgId: string;
  clientId: string;
  secret: string;
}

export interface Human {
  userId: string;
  username: string;
  password: string;
}

export const newOrg = async (auth: AuthSystem): Promise<string> => (await auth.get(OrgsService).register(operator, 'Clinic')).orgId;

/** A client as an operator registers it. */
export async function newApp(auth: AuthSystem, orgId: string, wishes: Partial<NewClient>): Promise<App> {
  const { clientId, clientSecret = '' } = await auth.get(RegistrationsService).register(operator, orgId, { name: 'App', ...wishes });
  return { orgId, clientId, secret: clientSecret };
}

/** A client of today: with a code, for people. */
export const codeApp = { grantTypes: ['authorization_code', 'refresh_token'], redirectUris: [BACK], scopes: ['call', 'coviu-enterprise-api'] } satisfies Partial<NewClient>;

let people = 0;
export async function newHuman(auth: AuthSystem, orgId: string): Promise<Human> {
  const [username, password] = [`ada-${(people += 1)}`, 'correct horse'];
  const { userId } = await auth.get(UsersService).register(operator, orgId, { username, password });
  return { userId, username, password };
}

/** Somebody at a browser: goes where the pages lead, logs in and says yes, until the way leads out of Parley. */
export class Visitor {
  readonly agent: Agent;
  readonly path: string[] = [];

  constructor(
    base: string,
    private readonly human: Human,
    private readonly answer: Record<string, string> = { grant: 'true' },
  ) {
    this.agent = new Agent(base);
  }

  async follow(start: string): Promise<URL> {
    let next = new URL(start, ISSUER);
    for (let hop = 0; hop < 12 && next.origin === ISSUER; hop += 1) next = await this.hop(next);
    return next;
  }

  private async hop({ pathname, search }: URL): Promise<URL> {
    this.path.push(pathname.replace(/[\w-]{43}$/, ':uid'));
    const { username, password } = this.human;
    const reply = await (pathname.startsWith('/auth/login/')
      ? this.agent.post(pathname, { username, password })
      : pathname.startsWith('/auth/grant/')
        ? this.agent.post(pathname, this.answer)
        : this.agent.get(pathname + search));
    if (!reply.location) throw new Error(`${pathname} answered ${reply.status} ${reply.text.slice(0, 300)}`);
    return new URL(reply.location, ISSUER);
  }
}

/** A pair of RFC 7636, 4. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** A request for a code; undefined takes a parameter away. */
export function requestOf({ clientId }: Pick<App, 'clientId'>, changes: Record<string, string | undefined> = {}): string {
  const parameters = { client_id: clientId, response_type: 'code', redirect_uri: BACK, scope: 'call', state: 'the-state', code_challenge: CHALLENGE, code_challenge_method: 'S256', ...changes };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/oauth/auth?${new URLSearchParams(given).toString()}`;
}

/** The code that the visitor brings back to the app. */
export async function codeFor(visitor: Visitor, app: Pick<App, 'clientId'>, changes?: Record<string, string | undefined>): Promise<string> {
  const back = await visitor.follow(requestOf(app, changes));
  const code = back.searchParams.get('code');
  if (code === null) throw new Error(`no code: ${back.href}`);
  return code;
}

export const redemption = (code: string, changes: Record<string, string> = {}): Record<string, string> => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: BACK,
  code_verifier: VERIFIER,
  ...changes,
});

/** What the real clients believe to be the internet. */
export const fetchFrom = (base: string) => (url: string, init?: RequestInit): Promise<Response> => fetch(url.replace(ISSUER, base), init);
