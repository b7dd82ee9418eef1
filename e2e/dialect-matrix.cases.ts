import { createHmac, randomUUID } from 'node:crypto';
import { opentokSdk, type OrgCredentials, type System } from '@parley/testing';
import { type Row as RowOf, statusIn, type Target, targets } from './matrix.js';

/** Who asks. Whatever is not said to be another’s is of the clinic. A participant shows an OpenTok token, others what they have. */
const callers = [
  'the org',
  'an org token',
  'another org',
  'an org token of another org',
  'a user',
  'a user of another org',
  'a participant',
  'a client without the scope',
  'a guest',
  'an expired org',
  'a revoked org',
  'the operator',
  'nonsense',
  'nobody',
] as const;
type Caller = (typeof callers)[number];

type Row = RowOf<Caller>;

const both = (own: string, theirs: string): Partial<Row> => ({ 'the org': own, 'an org token': own, 'another org': theirs, 'an org token of another org': theirs });
/** Whoever shows something that does not open an alias with a secret is refused; who shows nothing is asked for more (datagram.md, A1). */
const door: Row = { ...both('200 401 404', '401 200 404'), nobody: '400', others: '401 401 404' };
const call: Row = { 'a user': '200 409 409', 'a user of another org': '409 200 409', 'a client without the scope': '403', 'the org': '403', 'another org': '403', others: '401' };
const opentok: Partial<Row> = { 'a user': '403', 'a user of another org': '403', 'a client without the scope': '403', 'the operator': '403' };

/** Every route of the dialects beside `/v1` and `/admin/v1`. */
export const dialectRoutes: Readonly<Record<string, Row>> = {
  'GET /organization/api/v1/aliases': { ...both('200', '200'), others: '401' },
  'POST /organization/api/v1/alias/create': { ...both('201', '201'), others: '401' },
  'POST /organization/api/v1/alias/update/:id': { ...both('200 400 400', '400 200 400'), others: '401' },
  'DELETE /organization/api/v1/alias/delete/:id': { ...both('200 404 404', '404 200 404'), others: '401' },
  'GET /api/v1/alias/:id': door,
  'POST /api/v1/alias/:id/join': door,
  'POST /session': { ...both('201', '201'), ...opentok, others: '401' },
  'POST /session/:id/access': { ...both('201 404 404', '404 201 404'), ...opentok, others: '401' },
  // By what stands in the body and the header of the SDK, whatever `Authorization` says.
  'POST /session/:id/connect': { 'a participant': '200 401 401', nobody: '400', others: '401' },
  'POST /session/create': { 'the org': '200', 'another org': '200', others: '401' },
  'GET /rest/call': call,
  'PUT /rest/call': call,
  'POST /rest/call': { ...call, 'a user': '201', 'a user of another org': '201' },
  // From elsewhere: who is on the machine needs no token.
  'GET /metrics': { 'the operator': '200', ...both('403', '403'), 'a user': '403', 'a user of another org': '403', 'a client without the scope': '403', others: '401' },
};

interface DialectOrg {
  credentials: OrgCredentials;
  /** In every name. */
  mark: string;
  token: (scope?: string) => Promise<string>;
}

export interface DialectWorld {
  system: System;
  orgs: readonly [DialectOrg, DialectOrg];
  /** The token of an entry. */
  guest: string;
  expired: string;
  revoked: () => Promise<string>;
}

/** What an org has here. */
interface Things {
  alias: string;
  opentok: string;
  call: string;
}

interface Answer {
  status: number;
  text: string;
  location: string;
}
interface Told extends Answer {
  route: string;
  target: Target;
}

interface Person {
  user: string;
  orgToken: string;
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1000);
const routes = Object.keys(dialectRoutes);
const kindOf = (route: string): keyof Things => (route.includes('alias') ? 'alias' : 'opentok');
const targetsOf = (route: string): readonly Target[] => (route.includes(':') || (route.endsWith('/rest/call') && !route.startsWith('POST')) ? targets : ['own']);

function queryOf(route: string, { call }: Things): string {
  if (!route.endsWith('/rest/call')) return '';
  return route.startsWith('POST') ? '?number=1' : `?token_call=${call}`;
}

/** Which of the two orgs the caller is of: whose answers it may read, and whose things it may change. */
function homeOf(caller: Caller): 0 | 1 | undefined {
  if (caller.includes('another org')) return 1;
  return ['the org', 'an org token', 'a user'].includes(caller) ? 0 : undefined;
}

function expectedOf(route: string, caller: Caller, target: Target): number {
  const row = dialectRoutes[route];
  return row ? statusIn(row, caller, target) : 0;
}

/** What the SDK signs a request with. */
function sdkAuth({ apiKey, apiKeySecret }: OrgCredentials): string {
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ iss: apiKey, ist: 'project', iat: seconds(), exp: seconds() + 60 })}`;
  return `${signed}.${createHmac('sha256', apiKeySecret).update(signed).digest('base64url')}`;
}

/** Adds the describe blocks; the world is there when they run. */
export function describeDialectMatrix(world: () => DialectWorld): void {
  let people: [Person, Person];
  let shared: [Things, Things];
  let participant: string;

  const ask = async (method: string, path: string, { headers = {}, body }: { headers?: Record<string, string | undefined>; body?: object | URLSearchParams | undefined } = {}): Promise<Answer> => {
    const form = body instanceof URLSearchParams;
    const given = Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined);
    const response = await fetch(new URL(path, world().system.baseUrl), {
      method,
      redirect: 'manual',
      headers: { ...Object.fromEntries(given), ...(body && !form ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: form ? body : JSON.stringify(body) } : {}),
    });
    return { status: response.status, text: await response.text(), location: response.headers.get('location') ?? '' };
  };
  const json = async <Body>(answer: Promise<Answer>): Promise<Body> => JSON.parse((await answer).text) as Body;
  const bearer = (token: string | undefined): Record<string, string | undefined> => ({ authorization: token === undefined ? undefined : `Bearer ${token}` });
  const operate = <Body>(path: string, body: object): Promise<Body> => json<Body>(ask('POST', `/admin/v1${path}`, { headers: bearer(world().system.adminToken), body }));

  /** A user of an application that gives tokens at once (click-to-call.md, P1.6). */
  const newUserToken = async ({ orgId }: OrgCredentials): Promise<string> => {
    const user = { username: `user ${randomUUID()}`, password: 'a long password' };
    const { userId } = await operate<{ userId: string }>(`/orgs/${orgId}/users`, user);
    await ask('PATCH', `/admin/v1/orgs/${orgId}/users/${userId}`, { headers: bearer(world().system.adminToken), body: { limits: { callsPerUser: 100 } } });
    const redirectUri = `${world().system.baseUrl}/test`;
    const { clientId } = await operate<{ clientId: string }>(`/orgs/${orgId}/clients`, { name: 'Application', clickToCall: 'implicit', redirectUris: [redirectUri] });
    const wish = { client_id: clientId, response_type: 'token', redirect_uri: redirectUri, scope: 'call' };
    const cookies = new Map<string, string>();
    const visit = async (path: string, form?: Record<string, string>): Promise<string> => {
      const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
      const response = await fetch(new URL(path, world().system.baseUrl), { redirect: 'manual', headers, ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}) });
      for (const line of response.headers.getSetCookie()) cookies.set(...(line.split(';')[0]?.split('=') as [string, string]));
      return response.headers.get('location') ?? '';
    };
    await visit(await visit(`/oauth/auth?${new URLSearchParams(wish).toString()}`));
    await visit(await visit('/auth/login', { ...wish, ...user }));
    const granted = await visit('/auth/grant', { ...wish, grant: 'true' });
    return new URLSearchParams(new URL(granted).hash.slice(1)).get('access_token') ?? '';
  };

  const newPerson = async ({ credentials }: DialectOrg): Promise<Person> => {
    const { token: orgToken } = await operate<{ token: string }>(`/orgs/${credentials.orgId}/org-tokens`, { name: 'Caller' });
    return { user: await newUserToken(credentials), orgToken };
  };

  const newThings = async (org: DialectOrg, { user }: Person): Promise<Things> => {
    const headers = bearer(await org.token());
    const secrets = { passcode: `passcode ${org.mark}`, jwt_secret: `a secret of ${org.mark}` };
    const { data } = await json<{ data: { id: string } }>(ask('POST', '/organization/api/v1/alias/create', { headers, body: { type: 'conference', expired_at: seconds() + 3600, name: org.mark, ...secrets } }));
    const { id: opentokId } = await json<{ id: string }>(ask('POST', '/session', { headers }));
    const { location } = await ask('POST', '/rest/call?number=1', { headers: bearer(user) });
    return { alias: data.id, opentok: opentokId, call: new URL(location).searchParams.get('token_call') ?? '' };
  };

  const tokenOf = async (caller: Caller): Promise<string | undefined> => {
    const [clinic, other] = world().orgs;
    const tokens: Record<Caller, () => Promise<string> | string | undefined> = {
      'the org': () => clinic.token(),
      'an org token': () => people[0].orgToken,
      'another org': () => other.token(),
      'an org token of another org': () => people[1].orgToken,
      'a user': () => people[0].user,
      'a user of another org': () => people[1].user,
      'a participant': () => participant,
      'a client without the scope': () => clinic.token('call'),
      'a guest': () => world().guest,
      'an expired org': () => world().expired,
      'a revoked org': world().revoked,
      'the operator': () => world().system.adminToken,
      nonsense: () => 'eyJ.nonsense.x',
      nobody: () => undefined,
    };
    return tokens[caller]();
  };

  const bodyOf = (route: string, token: string | undefined): object | undefined => {
    switch (route) {
      case 'POST /organization/api/v1/alias/create':
        return { type: 'live', expired_at: seconds() };
      case 'POST /organization/api/v1/alias/update/:id':
        return { name: 'changed' };
      case 'POST /api/v1/alias/:id/join':
        return {};
      case 'POST /session/:id/connect':
        return token === undefined ? {} : { token };
      default:
        return undefined;
    }
  };

  const sdkAuthOf = (caller: Caller): string | undefined => {
    const [clinic, other] = world().orgs;
    const signer = { 'the org': clinic, 'another org': other }[caller as string];
    return signer && sdkAuth(signer.credentials);
  };

  const askAll = async (caller: Caller, [mine, theirs]: [Things, Things]): Promise<Told[]> => {
    const token = await tokenOf(caller);
    const named: Record<Target, Things> = { own: mine, foreign: theirs, absent: { alias: 'zzzzz', opentok: `2_${randomUUID()}`, call: randomUUID() } };
    const told: Told[] = [];
    for (const route of [...routes].sort((a, b) => Number(a.startsWith('DELETE')) - Number(b.startsWith('DELETE')))) {
      const [method = '', pattern = ''] = route.split(' ');
      const headers = { ...bearer(token), 'x-opentok-auth': sdkAuthOf(caller) ?? token, 'x-forwarded-for': pattern === '/metrics' ? '192.0.2.1' : undefined };
      const body = bodyOf(route, token);
      for (const target of targetsOf(route)) {
        const path = pattern.replace(':id', () => encodeURIComponent(named[target][kindOf(route)]));
        told.push({ route, target, ...(await ask(method, path + queryOf(route, named[target]), { headers, body })) });
      }
    }
    return told;
  };

  /** As the owners see it; the time that a call has lasted is no change. */
  const stateOf = async (n: 0 | 1, { alias, call }: Things): Promise<unknown[]> => {
    const headers = bearer(await world().orgs[n].token());
    const { text } = await ask('GET', `/rest/call?token_call=${call}`, { headers: bearer(people[n].user) });
    return [(await ask('GET', `/api/v1/alias/${alias}`, { headers })).text, (JSON.parse(text) as { info: { end: string } }).info.end];
  };

  beforeAll(async () => {
    const [clinic, other] = world().orgs;
    people = [await newPerson(clinic), await newPerson(other)];
    shared = [await newThings(clinic, people[0]), await newThings(other, people[1])];
    const { apiKey, apiKeySecret } = clinic.credentials;
    participant = (await opentokSdk({ apiKey, apiSecret: apiKeySecret }, 'generateToken', shared[0].opentok, {}, true)).ok ?? '';
  });

  describe.each(callers.map((caller) => ({ caller })))('the other dialects by $caller', ({ caller }) => {
    const home = homeOf(caller);
    let told: Told[] = [];
    let before: unknown[] = [];
    let after: unknown[] = [];

    beforeAll(async () => {
      const [clinic, other] = world().orgs;
      const mine: [Things, Things] = [...shared];
      if (home === 0) mine[0] = { ...(await newThings(clinic, people[0])), opentok: shared[0].opentok };
      if (home === 1) mine[1] = { ...(await newThings(other, people[1])), opentok: shared[1].opentok };
      const states = () => Promise.all([home === 0 ? undefined : stateOf(0, mine[0]), home === 1 ? undefined : stateOf(1, mine[1])]);
      before = await states();
      told = await askAll(caller, mine);
      after = await states();
    });

    it('are answered as the table says', () => {
      const found = told.map(({ route, target, status }) => `${route} ${target}: ${status}`);
      expect(found).toEqual(told.map(({ route, target }) => `${route} ${target}: ${expectedOf(route, caller, target)}`));
    });

    it('can’t tell what is another’s from what is not there, but for aliases, which are public names', () => {
      const there: Target = home === 1 ? 'own' : 'foreign';
      const answerTo = (route: string, target: Target) => told.find((each) => each.route === route && each.target === target);
      for (const route of routes.filter((each) => !each.includes('/api/v1/alias/:id'))) {
        const [one, two] = [answerTo(route, there), answerTo(route, 'absent')];
        if (one && two) expect([route, one.status, one.text]).toEqual([route, two.status, two.text]);
      }
    });

    it('tell and change nothing of whom the caller is not', () => {
      expect(after).toEqual(before);
      const foreign = world().orgs.filter((_, n) => n !== home).map(({ mark }) => mark);
      for (const { route, target, text } of told) expect([route, target, foreign.filter((mark) => text.includes(mark))]).toEqual([route, target, []]);
    });
  });
}
