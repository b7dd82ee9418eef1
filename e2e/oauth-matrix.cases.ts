import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { checkout, type OrgCredentials, type System } from '@parley/testing';
import { type Row as RowOf, statusIn, type Target, targets } from './matrix.js';

/** Who asks, and what shows it. Whatever is not said to be another’s is of the clinic. */
const callers = [
  'the client',
  'a client of another org',
  'a public client',
  'a disabled client',
  'a client with a wrong secret',
  'an access token',
  'a guest',
  'an org token',
  'the operator',
  'nonsense',
  'nobody',
] as const;
type Caller = (typeof callers)[number];

type Row = RowOf<Caller>;

interface ClientRoute extends Row {
  form: (thing: Thing) => Record<string, string>;
}

/** What is asked for: the token or the address of a client. */
interface Thing {
  accessToken: string;
  refreshToken: string;
  redirectUri: string;
}

const both = (own: string, theirs: string): Pick<Row, 'the client' | 'a client of another org'> => ({ 'the client': own, 'a client of another org': theirs });
const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
const device = 'urn:ietf:params:oauth:grant-type:device_code';

/** Whoever shows which client it is (O4 of oauth.md). Everything else that an `Authorization` may hold is no client. */
const clientRoutes: Readonly<Record<string, ClientRoute>> = {
  'POST /oauth/token': { ...both('200', '200'), 'a public client': '400', others: '401', form: () => ({ grant_type: 'client_credentials' }) },
  'POST /oauth/token, to refresh': {
    ...both('200 400 400', '400 200 400'), 'a public client': '400', others: '401',
    form: ({ refreshToken }) => ({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  },
  'POST /oauth/token, with a code': { ...both('400', '400'), 'a public client': '400', others: '401', form: ({ redirectUri }) => ({ grant_type: 'authorization_code', code: 'no-code', redirect_uri: redirectUri, code_verifier: 'v'.repeat(43) }) },
  'POST /v1/auth/token': { ...both('200', '200'), others: '401', form: () => ({ grant_type: 'client_credentials' }) },
  'POST /v1/auth/token, to refresh': { ...both('200 400 400', '400 200 400'), others: '401', form: ({ refreshToken }) => ({ grant_type: 'refresh_token', refresh_token: refreshToken }) },
  // What is another’s is as if it were not there (O5): the answer says no more than its status.
  'POST /oauth/introspect': { ...both('200', '200'), 'a public client': '200', others: '401', form: ({ accessToken }) => ({ token: accessToken }) },
  'POST /oauth/revoke': { ...both('200', '200'), 'a public client': '200', others: '401', form: ({ accessToken }) => ({ token: accessToken }) },
  'POST /oauth/par': { ...both('201 400 400', '400 201 400'), 'a public client': '201 400 400', others: '401', form: ({ redirectUri }) => ({ response_type: 'code', scope: 'call', redirect_uri: redirectUri, ...pkce }) },
  'POST /oauth/device': { ...both('200', '200'), 'a public client': '200', others: '401', form: () => ({ scope: 'call' }) },
};

/** What browsers meet: no `Authorization` opens or closes any of it. */
const browserRoutes: Readonly<Record<string, number>> = {
  'GET /oauth/auth': 400,
  'POST /oauth/auth': 400,
  'GET /oauth/auth/:uid': 400,
  'GET /oauth/token': 400,
  'GET /auth/login': 400,
  'POST /auth/login': 400,
  'GET /auth/grant': 400,
  'POST /auth/grant': 400,
  'GET /auth/login/:uid': 400,
  'POST /auth/login/:uid': 400,
  'GET /auth/grant/:uid': 400,
  'POST /auth/grant/:uid': 400,
  'GET /auth/device': 200,
  'POST /auth/device': 400,
  'GET /auth/device/:uid': 400,
  'GET /auth/logout': 200,
  'GET /test': 200,
  'GET /.well-known/oauth-authorization-server': 200,
  'GET /.well-known/openid-configuration': 200,
  'GET /.well-known/jwks.json': 200,
};

/** Asks the compiled auth-service which routes its controllers have. */
const routesScript = `
  import 'reflect-metadata';
  import { readdirSync } from 'node:fs';
  import { RequestMethod } from '@nestjs/common';
  const root = './dist/apps/auth-service/src/';
  const files = readdirSync(root, { recursive: true }).filter((file) => file.endsWith('.controller.js'));
  const controllers = (await Promise.all(files.map((file) => import(root + file)))).flatMap(Object.values);
  const all = (name, target) => [Reflect.getMetadata(name, target) ?? ''].flat();
  const routes = controllers.flatMap((controller) => Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).map(({ value }) => value)
    .filter((handler) => Reflect.hasMetadata('method', handler))
    .flatMap((handler) => all('path', controller).flatMap((base) => all('path', handler).map((path) =>
      RequestMethod[Reflect.getMetadata('method', handler)] + ' /' + [base, path].flatMap((part) => part.split('/')).filter(Boolean).join('/')))));
  console.log(JSON.stringify(routes));
`;
async function routesOfAuth(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', routesScript], { cwd: checkout });
  return JSON.parse(stdout) as string[];
}

export interface OAuthWorld {
  system: System;
  orgs: readonly [OAuthOrg, OAuthOrg];
  /** The token of an entry. */
  guest: string;
  orgToken: string;
}

interface OAuthOrg {
  credentials: OrgCredentials;
  token: () => Promise<string>;
}

interface Client {
  clientId: string;
  /** A public client has none. */
  clientSecret?: string;
  redirectUri: string;
}

interface Told {
  route: string;
  target: Target;
  status: number;
  text: string;
}

const basic = ({ clientId, clientSecret = '' }: Client): string => `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
/** A form that is not about a thing is the same for each. */
const targetsOf = ({ form }: ClientRoute): readonly Target[] => (form.length > 0 ? targets : ['own']);

/** Adds the describe blocks; the world is there when they run. */
export function describeOAuthMatrix(world: () => OAuthWorld): void {
  const clients = {} as Record<'mine' | 'theirs' | 'open' | 'disabled', Client>;

  const send = async (method: string, path: string, { authorization, form }: { authorization?: string | undefined; form?: Record<string, string> } = {}): Promise<Pick<Told, 'status' | 'text'>> => {
    const response = await fetch(new URL(path, world().system.baseUrl), { method, redirect: 'manual', headers: authorization ? { authorization } : {}, ...(form && { body: new URLSearchParams(form) }) });
    return { status: response.status, text: await response.text() };
  };
  const operate = async <Body>(method: string, path: string, body: object): Promise<Body> => {
    const headers = { authorization: `Bearer ${world().system.adminToken}`, 'content-type': 'application/json' };
    return (await (await fetch(new URL(`/admin/v1${path}`, world().system.baseUrl), { method, headers, body: JSON.stringify(body) })).json()) as Body;
  };
  const newClient = async ({ credentials: { orgId } }: OAuthOrg, wishes: object = {}): Promise<Client> => {
    const redirectUri = `https://app.test/${randomUUID()}`;
    const grantTypes = ['client_credentials', 'refresh_token', 'authorization_code', device];
    const made = await operate<Client>('POST', `/orgs/${orgId}/clients`, { name: 'Application', grantTypes, scopes: ['coviu-enterprise-api', 'call'], redirectUris: [redirectUri], ...wishes });
    return { ...made, redirectUri };
  };

  const newThing = async (client: Client): Promise<Thing> => {
    const { text } = await send('POST', '/v1/auth/token', { authorization: basic(client), form: { grant_type: 'client_credentials' } });
    const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(text) as Record<'access_token' | 'refresh_token', string>;
    return { accessToken, refreshToken, redirectUri: client.redirectUri };
  };
  const absent: Thing = { accessToken: 'eyJ.nonsense.x', refreshToken: 'nonsense', redirectUri: 'https://app.test/nowhere' };

  /** What the caller puts into `Authorization`, and into the form. */
  const shownBy: Record<Caller, () => Promise<{ authorization?: string; form?: Record<string, string> }> | { authorization?: string; form?: Record<string, string> }> = {
    'the client': () => ({ authorization: basic(clients.mine) }),
    'a client of another org': () => ({ authorization: basic(clients.theirs) }),
    'a public client': () => ({ form: { client_id: clients.open.clientId } }),
    'a disabled client': () => ({ authorization: basic(clients.disabled) }),
    'a client with a wrong secret': async () => ({ authorization: basic({ ...(await newClient(world().orgs[0])), clientSecret: 'wrong' }) }), // a new one, because ten guesses are too many
    'an access token': async () => ({ authorization: `Bearer ${await world().orgs[0].token()}` }),
    'a guest': () => ({ authorization: `Bearer ${world().guest}` }),
    'an org token': () => ({ authorization: `Bearer ${world().orgToken}` }),
    'the operator': () => ({ authorization: `Bearer ${world().system.adminToken}` }),
    nonsense: () => ({ authorization: 'Basic nonsense' }),
    nobody: () => ({}),
  };

  const isActive = async (client: Client, { accessToken }: Thing): Promise<boolean> => {
    const { text } = await send('POST', '/oauth/introspect', { authorization: basic(client), form: { token: accessToken } });
    return (JSON.parse(text) as { active: boolean }).active;
  };

  beforeAll(async () => {
    const [clinic, other] = world().orgs;
    [clients.mine, clients.theirs, clients.disabled] = [await newClient(clinic), await newClient(other), await newClient(clinic)];
    const open = { tokenEndpointAuthMethod: 'none', grantTypes: ['authorization_code', device], scopes: ['call'], redirectUris: [clients.mine.redirectUri] };
    clients.open = await newClient(clinic, open);
    await operate('PATCH', `/orgs/${clinic.credentials.orgId}/clients/${clients.disabled.clientId}`, { active: false });
  }, 30_000);

  it('The table has a row for every route of auth-service, and no other', async () => {
    const named = [...Object.keys(clientRoutes).map((route) => route.split(',')[0] ?? ''), ...Object.keys(browserRoutes)];
    expect([...new Set(named)].sort()).toEqual((await routesOfAuth()).sort());
  });

  describe.each(callers.map((caller) => ({ caller })))('what auth-service serves by $caller', ({ caller }) => {
    const told: Told[] = [];
    let active: boolean[] = [];

    beforeAll(async () => {
      for (const [route, row] of Object.entries(clientRoutes)) {
        const shown = await shownBy[caller]();
        const things: Record<Target, Thing> = { own: await newThing(clients.mine), foreign: await newThing(clients.theirs), absent };
        const [method = '', path = ''] = route.replace(/,.*/, '').split(' ');
        for (const target of targetsOf(row)) told.push({ route, target, ...(await send(method, path, { ...shown, form: { ...row.form(things[target]), ...shown.form } })) });
        if (path === '/oauth/revoke') active = [await isActive(clients.mine, things.own), await isActive(clients.theirs, things.foreign)];
      }
    }, 30_000);

    it('is answered as the table says', () => {
      const found = told.map(({ route, target, status }) => `${route} ${target}: ${status}`);
      const expected = Object.entries(clientRoutes).flatMap(([route, row]) => targetsOf(row).map((target) => `${route} ${target}: ${statusIn(row, caller, target)}`));
      expect(found).toEqual(expected);
    });

    it('can’t tell what is another’s from what is not there', () => {
      const notMine: readonly Target[] = caller === 'the client' ? ['foreign'] : caller === 'a client of another org' ? ['own'] : caller === 'a public client' ? ['foreign'] : ['own', 'foreign'];
      for (const { route, text } of told.filter(({ target }) => target === 'absent')) {
        for (const target of notMine) expect([route, target, told.find((each) => each.route === route && each.target === target)?.text]).toEqual([route, target, text]);
      }
    });

    it('ends nobody else’s tokens', () => {
      expect(active).toEqual([caller !== 'the client', caller !== 'a client of another org']);
    });

    it('tells a client’s own tokens to that client alone', () => {
      const seen = told.filter(({ route, text }) => route === 'POST /oauth/introspect' && text.includes('"active":true')).map(({ target }) => target);
      expect(seen).toEqual(caller === 'the client' ? ['own'] : caller === 'a client of another org' ? ['foreign'] : []);
    });

    it('is, where browsers go, the same as for everybody', async () => {
      const { authorization } = await shownBy[caller]();
      const found = await Promise.all(Object.keys(browserRoutes).map(async (route) => {
        const [method = '', path = ''] = route.split(' ');
        const { status } = await send(method, path.replace(':uid', randomUUID()), { authorization, ...(method === 'POST' && { form: {} }) });
        return [route, status];
      }));
      expect(Object.fromEntries(found)).toEqual(browserRoutes);
    });
  });
}
