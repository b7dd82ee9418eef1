import { randomUUID } from 'node:crypto';
import { eventually, notYet, runSql, type System } from '@parley/testing';

/** Whom a route is for: whoever administers the org, or the operator alone. */
interface AdminRoute {
  ok: 200 | 201;
  for: 'administrators' | 'operator';
  /** Changes nothing that another cell needs. */
  body?: (names: Names) => object;
}

type Names = Record<'org' | 'id', string>;

/** Every route below `/admin/v1`. */
export const adminRoutes: Readonly<Record<string, AdminRoute>> = {
  'POST /admin/v1/orgs': { ok: 201, for: 'operator', body: () => ({ name: 'New' }) },
  'GET /admin/v1/orgs': { ok: 200, for: 'administrators' },
  'GET /admin/v1/orgs/:org': { ok: 200, for: 'administrators' },
  'PATCH /admin/v1/orgs/:org': { ok: 200, for: 'administrators', body: () => ({ name: 'Renamed' }) },
  'POST /admin/v1/orgs/:org/clients': { ok: 201, for: 'administrators', body: () => ({ name: 'New' }) },
  'GET /admin/v1/orgs/:org/clients': { ok: 200, for: 'administrators' },
  'GET /admin/v1/orgs/:org/clients/:id': { ok: 200, for: 'administrators' },
  'PATCH /admin/v1/orgs/:org/clients/:id': { ok: 200, for: 'administrators', body: () => ({ name: 'Renamed' }) },
  'POST /admin/v1/orgs/:org/clients/:id/rotate-secret': { ok: 201, for: 'administrators', body: () => ({ overlapSeconds: 0 }) },
  'POST /admin/v1/orgs/:org/org-tokens': { ok: 201, for: 'administrators', body: () => ({ name: 'New' }) },
  'GET /admin/v1/orgs/:org/org-tokens': { ok: 200, for: 'administrators' },
  'GET /admin/v1/orgs/:org/org-tokens/:id': { ok: 200, for: 'administrators' },
  'PATCH /admin/v1/orgs/:org/org-tokens/:id': { ok: 200, for: 'administrators', body: () => ({ active: false }) },
  'POST /admin/v1/orgs/:org/users': { ok: 201, for: 'administrators', body: () => ({ username: `user ${randomUUID()}`, password: 'a-password' }) },
  'GET /admin/v1/orgs/:org/users': { ok: 200, for: 'administrators' },
  'GET /admin/v1/orgs/:org/users/:id': { ok: 200, for: 'administrators' },
  'PATCH /admin/v1/orgs/:org/users/:id': { ok: 200, for: 'administrators', body: () => ({ limits: { callsPerUser: 3 } }) },
  'POST /admin/v1/orgs/:org/revocations': { ok: 200, for: 'administrators', body: ({ id }) => ({ kind: 'client', id }) },
  'GET /admin/v1/settings': { ok: 200, for: 'operator' },
  'PATCH /admin/v1/settings': { ok: 200, for: 'operator', body: () => ({ limits: { callsPerUser: 2 } }) },
  'GET /admin/v1/calls': { ok: 200, for: 'administrators' },
  'GET /admin/v1/calls/:id': { ok: 200, for: 'administrators' },
  'POST /admin/v1/calls/:id/end': { ok: 200, for: 'administrators' },
  'GET /admin/v1/orgs/:org/users/:username/status': { ok: 200, for: 'administrators' },
  'GET /admin/v1/audit': { ok: 200, for: 'administrators' },
  'GET /admin/v1/audit/verify': { ok: 200, for: 'administrators' },
  'POST /admin/v1/keys/access/rotate': { ok: 200, for: 'operator', body: () => ({}) },
  'POST /admin/v1/keys/entry/rotate': { ok: 200, for: 'operator', body: () => ({}) },
};

const callers = ['the operator', 'an administrator', 'an administrator of another org', 'a client without the scope', 'an org token', 'a guest', 'a revoked administrator', 'an expired administrator', 'nonsense', 'nobody'] as const;
type Caller = (typeof callers)[number];

/** As in the table of `/v1`: the thing of the clinic, and so on. */
const targets = ['own', 'foreign', 'absent', 'foreign org', 'absent org'] as const;
type Target = (typeof targets)[number];

/** What the matrix is about: things of two orgs, which nobody else uses. */
interface Things {
  orgId: string;
  client: string;
  'org-token': string;
  user: string;
  /** One that was placed and is over. */
  call: string;
}

interface Answer {
  status: number;
  text: string;
}

interface Told extends Answer {
  route: string;
  target: Target;
  names: Names;
}

export interface AdminWorld {
  system: System;
  /** The token of an entry. */
  guest: string;
  /** Of an API client that may administer nothing. */
  apiToken: () => Promise<string>;
  /** Was an administrator’s. */
  expired: string;
}

const routes = Object.keys(adminRoutes);
const methodAndPath = (route: string): [string, string] => route.split(' ') as [string, string];
/** `GET /admin/v1/audit` names the org in its query. */
const pathOf = (route: string): string => (route.includes('/audit') ? `${methodAndPath(route)[1]}?org=:org` : methodAndPath(route)[1]);
const hasId = (route: string): boolean => /:id|:username/.test(route) || route.endsWith('/revocations');
const kinds = { '/org-tokens': 'org-token', '/users': 'user', '/calls': 'call' } as const;
const kindOf = (route: string): Exclude<keyof Things, 'orgId'> => Object.entries(kinds).find(([part]) => route.includes(part))?.[1] ?? 'client';

function targetsOf(route: string): readonly Target[] {
  if (pathOf(route).includes(':org')) return hasId(route) ? targets : ['own', 'foreign org', 'absent org'];
  return hasId(route) ? ['own', 'foreign', 'absent'] : ['own'];
}

/** 404 for what is not there and for what is another’s, alike; who may administer nothing hears the same everywhere. */
function expectedOf(route: string, caller: Caller, target: Target): number {
  const { ok, for: whom } = adminRoutes[route] as AdminRoute;
  if (caller === 'a client without the scope' || caller === 'an org token') return 403;
  const reached = reachOf[caller];
  if (!reached) return 401;
  if (whom === 'operator' && caller !== 'the operator') return 403;
  return reached(route).includes(target) || targetsOf(route).length === 1 ? ok : 404;
}

/** Which targets are there for whoever may administer something. */
const reachOf: Partial<Record<Caller, (route: string) => readonly Target[]>> = {
  'the operator': (route) => ['own', theirs(route)],
  'an administrator': () => ['own'],
  'an administrator of another org': (route) => [theirs(route)],
};
/** The thing of the other org, as it is addressed. */
const theirs = (route: string): Target => (pathOf(route).includes(':org') ? 'foreign org' : 'foreign');

/** Adds the describe blocks; the world is there when they run. */
export function describeAdminMatrix(world: () => AdminWorld): void {
  let clinic: Things;
  let other: Things;
  let tokens: Record<Caller, string | undefined>;

  const send = async (method: string, path: string, { token, body }: { token: string | undefined; body?: object | undefined }): Promise<Answer> => {
    const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body ? { 'content-type': 'application/json' } : {}) };
    const response = await fetch(world().system.baseUrl + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: response.status, text: await response.text() };
  };
  const operate = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const { text } = await send(method, `/admin/v1/${path}`, { token: world().system.adminToken, body });
    return JSON.parse(text) as T;
  };
  const newThings = async (): Promise<Things> => {
    const { orgId } = await operate<{ orgId: string }>('POST', 'orgs', { name: 'Administered' });
    const { clientId } = await operate<{ clientId: string }>('POST', `orgs/${orgId}/clients`, { name: 'Thing' });
    const { tokenId } = await operate<{ tokenId: string }>('POST', `orgs/${orgId}/org-tokens`, { name: 'Thing' });
    const { userId } = await operate<{ userId: string }>('POST', `orgs/${orgId}/users`, { username: 'thing', password: 'a-password' });
    return { orgId, client: clientId, 'org-token': tokenId, user: userId, call: await newCall(orgId, userId, clientId) };
  };
  const newCall = async (orgId: string, userId: string, clientId: string): Promise<string> => {
    const id = randomUUID();
    await runSql(
      world().system.adminDatabaseUrl,
      `insert into call.placed_call (id, org_id, user_id, username, client_id, number, token, state, auto_end, placed, expires, ended, end_reason, sequence)
       values ($1, $2, $3, 'thing', $4, '1', $5, 'completed', false, now(), now(), now(), 'stopped', 1)`,
      [id, orgId, userId, clientId, randomUUID()],
    );
    return id;
  };
  const newAdminToken = async (orgId: string): Promise<string> => {
    const client = await operate<{ clientId: string; clientSecret: string }>('POST', `orgs/${orgId}/clients`, { name: 'Administrator', scopes: ['admin'] });
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`;
    const response = await fetch(`${world().system.baseUrl}/oauth/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const claimOf = (token: string, name: string): string => String((JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>)[name]);
  const isRefused = async (token: string) => (await send('GET', '/admin/v1/orgs', { token })).status === 401 || notYet('the token works');

  beforeAll(async () => {
    [clinic, other] = [await newThings(), await newThings()];
    tokens = {
      'the operator': world().system.adminToken,
      'an administrator': undefined,
      'an administrator of another org': undefined,
      'a client without the scope': undefined,
      'an org token': (await operate<{ token: string }>('POST', `orgs/${clinic.orgId}/org-tokens`, { name: 'Caller' })).token,
      'a guest': world().guest,
      'a revoked administrator': undefined,
      'an expired administrator': world().expired,
      nonsense: 'nonsense',
      nobody: undefined,
    };
  });

  /** Those that live for seconds only, anew for each caller. */
  const tokenOf = async (caller: Caller): Promise<string | undefined> => {
    switch (caller) {
      case 'an administrator':
        return newAdminToken(clinic.orgId);
      case 'an administrator of another org':
        return newAdminToken(other.orgId);
      case 'a client without the scope':
        return world().apiToken();
      case 'a revoked administrator': {
        const token = await newAdminToken(clinic.orgId);
        await operate('POST', `orgs/${clinic.orgId}/revocations`, { kind: 'token', id: claimOf(token, 'jti') });
        await eventually(() => isRefused(token));
        return token;
      }
      default:
        return tokens[caller];
    }
  };

  const namesFor = (route: string, target: Target): Names => {
    const [mine, theirs] = [clinic[kindOf(route)], other[kindOf(route)]];
    const names: Record<Target, Names> = {
      own: { org: clinic.orgId, id: mine },
      foreign: { org: clinic.orgId, id: theirs },
      absent: { org: clinic.orgId, id: randomUUID() },
      'foreign org': { org: other.orgId, id: theirs },
      'absent org': { org: randomUUID(), id: mine },
    };
    return names[target];
  };

  /** What only reads goes first, so that nothing is over before it was asked for. */
  const askAll = async (token: string | undefined): Promise<Told[]> => {
    const told: Told[] = [];
    for (const route of [...routes].sort()) {
      const method = methodAndPath(route)[0];
      for (const target of targetsOf(route)) {
        const names = namesFor(route, target);
        const path = pathOf(route).replace(':org', names.org).replace(/:id|:username/, names.id);
        told.push({ route, target, names, ...(await send(method, path, { token, body: adminRoutes[route]?.body?.(names) })) });
      }
    }
    return told;
  };

  /** What nobody changes who may not. */
  const state = (): Promise<unknown[]> =>
    Promise.all(
      [clinic, other].flatMap(({ orgId, client, user, 'org-token': token }) =>
        ['', `/clients/${client}`, `/org-tokens/${token}`, `/users/${user}`, '/clients', '/org-tokens', '/users'].map((path) => operate('GET', `orgs/${orgId}${path}`)),
      ),
    );

  const withoutNames = ({ text, names }: Told): string =>
    Object.values(names)
      .reduce((left, name) => left.replaceAll(name, '…'), text)
      .replace(/"requestId":"[^"]*"/, '');

  describe.each([...callers].reverse().map((caller) => ({ caller })))('/admin/v1 by $caller', ({ caller }) => {
    let told: Told[] = [];
    let before: unknown[] = [];
    let after: unknown[] = [];

    beforeAll(async () => {
      const token = await tokenOf(caller);
      before = await state();
      told = await askAll(token);
      after = await state();
    });

    it('answers as the table says', () => {
      const found = told.map(({ route, target, status }) => `${route} ${target}: ${status}`);
      expect(found).toEqual(told.map(({ route, target }) => `${route} ${target}: ${expectedOf(route, caller, target)}`));
    });

    it('can’t tell what is another’s from what is not there', () => {
      const answerTo = (route: string, target: Target): Told | undefined => told.find((each) => each.route === route && each.target === target);
      const twins: [Target, Target][] = caller === 'an administrator of another org' ? [['own', 'absent org'], ['own', 'absent']] : [['foreign', 'absent'], ['foreign org', 'absent org']];
      for (const route of routes) {
        for (const [there, nowhere] of twins) {
          const [one, two] = [answerTo(route, there), answerTo(route, nowhere)];
          if (one && two && one.status >= 400) expect([route, there, one.status, withoutNames(one)]).toEqual([route, there, two.status, withoutNames(two)]);
        }
      }
    });

    it('changes nothing of whom it does not administer', () => {
      const half = before.length / 2;
      const mayChange = { 'the operator': [true, true], 'an administrator': [true, false], 'an administrator of another org': [false, true] }[caller as string] ?? [false, false];
      if (!mayChange[0]) expect(after.slice(0, half)).toEqual(before.slice(0, half));
      if (!mayChange[1]) expect(after.slice(half)).toEqual(before.slice(half));
    });
  });
}
