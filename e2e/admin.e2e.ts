import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, eventually, keepDemo, notYet, runSql, sharedSystem, type SharedSystem, tempFolder } from '@parley/testing';

let system: SharedSystem;

beforeAll(async () => {
  system = await sharedSystem('Administered');
}, 120_000);

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer is what its expectation says
interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

async function ask(method: string, path: string, { body, token = system.adminToken, base = system.baseUrl }: { body?: object; token?: string; base?: string } = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

const admin = (method: string, path: string, body?: object, token?: string) => ask(method, `/admin/v1${path}`, { body, token });

async function tokenOf(clientId: string, secret: string, path = '/oauth/token'): Promise<{ status: number; token: string }> {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const response = await fetch(system.baseUrl + path, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
  const body = (await response.json()) as { access_token: string };
  return { status: response.status, token: body.access_token };
}

/** An org, a client that may administer it, and its access token. */
async function newTenant(): Promise<{ orgId: string; clientId: string; token: string }> {
  const org = await admin('POST', '/orgs', { name: 'Tenant' });
  const client = await admin('POST', `/orgs/${org.body['orgId']}/clients`, { name: 'Administrator', scopes: ['admin', 'coviu-enterprise-api'] });
  const { token } = await tokenOf(client.body['clientId'], client.body['clientSecret']);
  return { orgId: org.body['orgId'], clientId: client.body['clientId'], token };
}

/** Milliseconds until the probe says yes, asked all the time. */
async function within(probe: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  await eventually(async () => ((await probe()) ? true : notYet('not yet')), { timeoutMs: 5_000 });
  return performance.now() - began;
}

describe('the operator, from nothing to a client that works', () => {
  it('creates an org and an API client, whose credentials open the API; the secret is told once', async () => {
    const org = await admin('POST', '/orgs', { name: 'Clinic of Dr Grey' });
    expect([org.status, org.body]).toEqual([201, { orgId: expect.any(String), name: 'Clinic of Dr Grey', active: true, limits: { callsPerUser: null, ongoingCalls: null } }]);
    const { orgId } = org.body as { orgId: string };

    const client = await admin('POST', `/orgs/${orgId}/clients`, { name: 'Server' });
    expect(client.status).toBe(201);
    const { clientId, clientSecret } = client.body as { clientId: string; clientSecret: string };
    const { token } = await tokenOf(clientId, clientSecret, '/v1/auth/token');
    expect((await ask('GET', '/v1', { token })).body['content']).toEqual({ active: true, orgId, clientId });

    const seen = JSON.stringify([(await admin('GET', `/orgs/${orgId}/clients/${clientId}`)).body, (await admin('GET', `/orgs/${orgId}/clients`)).body]);
    expect(seen).toContain(clientId);
    expect(seen).not.toContain(clientSecret);
  });

  it('rotates the secret: both work, then only the new one', async () => {
    const { orgId, clientId, clientSecret } = (await admin('POST', `/orgs/${system.orgId}/clients`, { name: 'Rotated' })).body;

    const second = await admin('POST', `/orgs/${orgId}/clients/${clientId}/rotate-secret`);
    expect([second.status, second.body['clientId']]).toEqual([201, clientId]);
    await within(async () => (await tokenOf(clientId, second.body['clientSecret'])).status === 200);
    expect((await tokenOf(clientId, clientSecret)).status).toBe(200);

    const third = await admin('POST', `/orgs/${orgId}/clients/${clientId}/rotate-secret`, { overlapSeconds: 0 });
    expect(await within(async () => (await tokenOf(clientId, clientSecret)).status === 401)).toBeLessThan(1_000);
    expect((await tokenOf(clientId, third.body['clientSecret'])).status).toBe(200);
  });

  it('A1.11, I.7: makes one client under one Idempotency-Key, through two gateways and two services, and tells its secret again', async () => {
    const key = randomUUID();
    const create = (index: number, name = 'Once') =>
      fetch(`${system.baseUrls[index % 2]}/admin/v1/orgs/${system.orgId}/clients`, {
        method: 'POST',
        headers: { authorization: `Bearer ${system.adminToken}`, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ name }),
      }).then(async (response) => ({ status: response.status, replayed: response.headers.get('idempotency-replayed'), type: response.headers.get('content-type'), body: (await response.json()) as Json }));

    const first = await create(0);
    const again = await Promise.all([create(1), create(0), create(1)]);

    expect([first.status, first.replayed, typeof first.body['clientSecret']]).toEqual([201, null, 'string']);
    for (const answer of again.filter(({ status }) => status !== 409)) expect(answer).toEqual({ ...first, replayed: 'true' });
    expect(await create(1, 'Another')).toMatchObject({ status: 422, type: 'application/problem+json; charset=utf-8', body: { code: 'idempotency.mismatch' } });
    const kept = await runSql<{ reply: string }>(system.adminDatabaseUrl, 'select reply from auth.idempotency where key = $1', [createHash('sha256').update(key).digest('base64url')]);
    expect(kept.map(({ reply }) => [reply.slice(0, 3), reply.includes(first.body['clientSecret'])])).toEqual([['v1.', false]]);
  });

  it('sets limits: for an org, for a user', async () => {
    const { userId } = (await admin('POST', `/orgs/${system.orgId}/users`, { username: 'limited', password: 'a password' })).body;

    expect((await admin('PATCH', `/orgs/${system.orgId}`, { limits: { ongoingCalls: 7 } })).body['limits']).toEqual({ callsPerUser: null, ongoingCalls: 7 });
    expect((await admin('PATCH', `/orgs/${system.orgId}/users/${userId}`, { limits: { callsPerUser: 1 } })).body['limits']).toEqual({ callsPerUser: 1 });
  });

  it('creates users; a name is taken once in an org', async () => {
    const create = () => admin('POST', `/orgs/${system.orgId}/users`, { username: 'ada', password: 'a password' });
    const [first, second] = await Promise.all([create(), create()]);

    expect([first.status, second.status].sort()).toEqual([201, 409]);
    const refused = first.status === 409 ? first : second;
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(refused.body).toMatchObject({ status: 409, code: 'user.username_taken', requestId: refused.headers.get('x-request-id') });
    expect(JSON.stringify((await admin('GET', `/orgs/${system.orgId}/users`)).body)).not.toContain('password');
  });

  it('issues org tokens, shown once, which administer nothing, and revokes them within a second', async () => {
    const { tokenId, token } = (await admin('POST', `/orgs/${system.orgId}/org-tokens`, { name: 'Server' })).body;
    expect(token).toMatch(/^prl_org_[\w-]{43}$/);
    expect(JSON.stringify((await admin('GET', `/orgs/${system.orgId}/org-tokens`)).body)).not.toContain(token);
    expect((await admin('GET', '/orgs', undefined, token)).status).toBe(403);

    expect((await admin('PATCH', `/orgs/${system.orgId}/org-tokens/${tokenId}`, { active: false })).body['active']).toBe(false);
    expect(await within(async () => (await admin('GET', '/orgs', undefined, token)).status === 401)).toBeLessThan(1_000);
  });

  it('walks through lists by `next`', async () => {
    const { orgId } = (await admin('POST', '/orgs', { name: 'Lists' })).body;
    for (const name of ['a', 'b', 'c']) await admin('POST', `/orgs/${orgId}/clients`, { name });

    const first = await admin('GET', `/orgs/${orgId}/clients?limit=2`);
    const second = await admin('GET', `/orgs/${orgId}/clients?limit=2&after=${first.body['next']}`);

    expect([...first.body['items'], ...second.body['items']].map(({ name }: Json) => name as string)).toEqual(['a', 'b', 'c']);
    expect([typeof first.body['next'], second.body['next']]).toEqual(['string', null]);
  });
});

describe('a client with the scope admin', () => {
  it('administers its own org; others are to it as if they were not there', async () => {
    const [mine, theirs] = [await newTenant(), await newTenant()];
    const absent = '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e';

    expect((await admin('GET', '/orgs', undefined, mine.token)).body['items']).toHaveLength(1);
    expect((await admin('POST', `/orgs/${mine.orgId}/users`, { username: 'eve', password: 'a password' }, mine.token)).status).toBe(201);
    const routes: [string, string, object?][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'x' }],
      ['GET', '/clients'],
      ['POST', '/clients', { name: 'x' }],
      ['GET', `/clients/${theirs.clientId}`],
      ['PATCH', `/clients/${theirs.clientId}`, { active: false }],
      ['POST', `/clients/${theirs.clientId}/rotate-secret`],
      ['GET', '/users'],
      ['POST', '/users', { username: 'x', password: 'x' }],
      ['GET', '/org-tokens'],
      ['POST', '/org-tokens', { name: 'x' }],
    ];
    for (const [method, path, body] of routes) {
      const answers = await Promise.all([theirs.orgId, absent].map((org) => admin(method, `/orgs/${org}${path}`, body, mine.token)));
      const seen = answers.map(({ status, body: { requestId: _id, ...rest } }) => [status, rest]);
      expect([method, path, seen[0]]).toEqual([method, path, [404, expect.objectContaining({ code: 'org.not_found' })]]);
      expect(seen[0]).toEqual(seen[1]);
    }
  });

  it('can’t do what is the operator’s', async () => {
    const { token } = await newTenant();

    const answers = await Promise.all([admin('POST', '/orgs', { name: 'x' }, token), admin('GET', '/settings', undefined, token), admin('PATCH', '/settings', { limits: {} }, token)]);

    expect(answers.map(({ status, body }) => [status, body['code'] as string])).toEqual(Array(3).fill([403, 'admin.operator_only']));
  });
});

describe('what is disabled', () => {
  it('ends at every gateway within a second: the client’s tokens and its right to new ones', async () => {
    const { orgId, clientId, token } = await newTenant();
    const { clientSecret } = (await admin('POST', `/orgs/${orgId}/clients/${clientId}/rotate-secret`)).body;
    const open = async (base: string) => (await ask('GET', '/v1', { token, base })).status;
    expect(await Promise.all(system.baseUrls.map(open))).toEqual([200, 200]);

    expect((await admin('PATCH', `/orgs/${orgId}/clients/${clientId}`, { active: false })).body['active']).toBe(false);

    expect(await within(async () => (await Promise.all(system.baseUrls.map(open))).every((status) => status === 401))).toBeLessThan(1_000);
    expect(await within(async () => (await tokenOf(clientId, clientSecret)).status === 401)).toBeLessThan(1_000);
  });

  it('an org: with all of its clients', async () => {
    const { orgId, token } = await newTenant();

    await admin('PATCH', `/orgs/${orgId}`, { active: false });

    expect(await within(async () => (await ask('GET', '/v1', { token })).status === 401)).toBeLessThan(1_000);
    expect((await admin('PATCH', `/orgs/${orgId}`, { active: true }, token)).status).toBe(401);
  });
});

describe('the operator’s token', () => {
  it('opens the administration and nothing else', async () => {
    expect((await ask('GET', '/v1', {})).status).toBe(401);
    expect((await ask('GET', `/v1/orgs/${system.orgId}/sessions`, {})).status).toBe(401);
    expect((await admin('GET', '/orgs', undefined, `${system.adminToken}x`)).status).toBe(401);
    expect((await admin('GET', '/orgs', undefined, 'prl_org_unknown')).status).toBe(401);
  });

  it('is in no log', async () => {
    await admin('GET', '/orgs');

    for (const { name, text } of await system.logs()) expect(`${name} ${text}`).not.toContain(system.adminToken);
  });
});

describe('the audit log', () => {
  it('has what was done, by whom and from where, and verifies', async () => {
    const { orgId, clientId, token } = await newTenant();
    await admin('PATCH', `/orgs/${orgId}/clients/${clientId}`, { name: 'Renamed' }, token);

    const { items } = await eventually(async () => {
      const { body } = await admin('GET', `/audit?org=${orgId}`);
      return (body['items'] as Json[]).length >= 3 ? body : notYet('the entries are not there');
    });
    expect((items as Json[]).map(({ act, who, from }) => [act, (who as Json)['kind'], from] as string[])).toEqual([
      ['org.created', 'operator', '127.0.0.1'],
      ['client.created', 'operator', '127.0.0.1'],
      ['client.changed', 'client', '127.0.0.1'],
    ]);
    expect((await admin('GET', `/audit/verify?org=${orgId}`, undefined, token)).body).toEqual({ org: orgId, intact: true, entries: 3, fault: null, next: null });
    expect((await admin('GET', '/audit', undefined, token)).body['items']).toHaveLength(3);
  });
});

describe('the demo data', () => {
  const folder = tempFolder('demo');
  const path = join(folder.path, 'demo.json');
  const keep = (changes: object = {}) => keepDemo(path, { baseUrl: system.baseUrl, adminToken: system.adminToken, ...changes }, () => system.seedOrg('Demo of this spec'));
  afterAll(() => folder.remove());

  it('has an application that may do what the documented flow needs, a user and an org token', async () => {
    const { orgId, callApp, user, orgToken } = await keep();

    const app = (await admin('GET', `/orgs/${orgId}/clients/${callApp.clientId}`)).body;
    expect(app).toMatchObject({ clickToCall: 'implicit', queryToken: true, redirectUris: [`${system.baseUrl}/test`], scopes: ['call'], active: true });
    expect(callApp.redirectUri).toBe(`${system.baseUrl}/test`);
    expect((await admin('GET', `/orgs/${orgId}/users`)).body['items']).toEqual([expect.objectContaining({ username: user.username, active: true })]);
    expect((await admin('GET', '/orgs', undefined, orgToken)).body['code']).toBe('token.scope');
  });

  it('is made once, and follows the address of the gateway', async () => {
    const before = await keep();
    const base = system.baseUrls[1] ?? '';

    const after = await keep({ baseUrl: base });

    expect(after).toEqual({ ...before, baseUrl: base, callApp: { ...before.callApp, redirectUri: `${base}/test` } });
    expect((await admin('GET', `/orgs/${before.orgId}/clients/${before.callApp.clientId}`)).body['redirectUris']).toEqual([`${base}/test`]);
    expect((await admin('GET', `/orgs/${before.orgId}/org-tokens`)).body['items']).toHaveLength(1);
  });

  it('is completed where an earlier start was interrupted, or an older Parley made it', async () => {
    const { orgToken, user, callApp, ...old } = await keep();
    writeFileSync(path, JSON.stringify(old));

    const again = await keep();

    expect(again.orgId).toBe(old.orgId);
    expect([again.orgToken === orgToken, again.user.password === user.password, again.callApp.clientId === callApp.clientId]).toEqual([false, false, false]);
    expect((await admin('GET', `/orgs/${old.orgId}/users`)).body['items']).toHaveLength(1);
  });

  it('is made anew for a database that does not know its org', async () => {
    const before = await keep();
    writeFileSync(path, JSON.stringify({ ...before, orgId: '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e' }));

    const { orgId, apiKey } = await keep();

    expect(apiKey).not.toBe(before.apiKey);
    expect((await admin('GET', `/orgs/${orgId}`)).status).toBe(200);
  });
});

describe('wrong secrets, through the gateway', () => {
  it('are counted for the address that the gateway sees, whatever a client says of itself', async () => {
    const { orgId } = (await admin('POST', '/orgs', { name: 'Guessed at' })).body;
    const { clientId } = (await admin('POST', `/orgs/${orgId}/clients`, { name: 'Server' })).body;
    const guess = (n: number) =>
      fetch(`${system.baseUrls[n % 2]}/v1/auth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:wrong`).toString('base64')}`, 'x-forwarded-for': `192.0.2.${n}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
    const answers = await Promise.all(Array.from({ length: 15 }, (_, n) => guess(n)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)]);
    const refused = answers.find(({ status }) => status === 429);
    expect([refused?.headers.get('ratelimit-policy'), Number(refused?.headers.get('retry-after')) > 800]).toEqual(['"account";q=10;w=900', true]);
    expect(await refused?.json()).toMatchObject({ error: 'too_many_failures' });
    const told = await eventually(async () => {
      const { items } = (await admin('GET', `/audit?org=${orgId}`)).body as { items: Json[] };
      return items.find(({ act }) => act === 'failures.limit-reached') ?? notYet('not in the log yet');
    });
    expect(told).toMatchObject({ from: '127.0.0.1', target: { kind: 'client', id: clientId }, details: { limit: 'account', failures: 10 } });
  });
});

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function cli(args: string[], { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const settings = { PATH: process.env['PATH'], PARLEY_URL: system.baseUrl, PARLEY_ADMIN_TOKEN: system.adminToken, PARLEY_DATA_DIR: '/nonexistent', ...env };
    const child = spawn(process.execPath, [join(checkout, 'tools/cli/main.mjs'), ...args], { env: settings, stdio: ['pipe', 'pipe', 'pipe'] });
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk.toString()));
    child.stdin.end(input);
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

const cliJson = async (args: string[], input?: string): Promise<Json> => {
  const { out, err, code } = await cli([...args, '--json'], { input });
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Json;
};

describe('the command line', () => {
  it('does what the API does', async () => {
    const { orgId } = await cliJson(['orgs', 'create', 'By command']);
    const org = ['--org', orgId as string];
    const client = await cliJson(['clients', 'create', 'App', ...org, '--redirect-uri', 'https://a.test/1', '--redirect-uri', 'https://a.test/2', '--click-to-call', 'code', '--query-token', 'yes']);
    expect(client).toMatchObject({ redirectUris: ['https://a.test/1', 'https://a.test/2'], clickToCall: 'code', queryToken: true, scopes: ['call'] });
    const rotated = await cliJson(['clients', 'rotate-secret', client['clientId'] as string, ...org, '--overlap', '60']);
    expect(rotated['clientSecret']).not.toBe(client['clientSecret']);
    expect(await cliJson(['clients', 'update', client['clientId'] as string, ...org, '--disable', '--query-token', 'no'])).toMatchObject({ active: false, queryToken: false, clickToCall: 'code' });
    const user = await cliJson(['users', 'create', 'ada', ...org]);
    expect((user['password'] as string).length).toBe(20);
    expect(await cliJson(['users', 'update', user['userId'] as string, ...org, '--password-stdin', '--calls-per-user', '4'], 'from stdin\n')).toMatchObject({ limits: { callsPerUser: 4 } });
    const token = await cliJson(['org-tokens', 'create', 'Server', ...org]);
    expect(await cliJson(['org-tokens', 'revoke', token['tokenId'] as string, ...org])).toMatchObject({ active: false });
    expect(await cliJson(['orgs', 'update', orgId as string, '--ongoing-calls', '9'])).toMatchObject({ limits: { callsPerUser: null, ongoingCalls: 9 } });
    expect(await cliJson(['users', 'list', ...org])).toEqual([expect.objectContaining({ username: 'ada' })]);
    expect(((await cliJson(['orgs', 'list'])) as Json[]).map((each) => each['orgId'] as string)).toContain(orgId);

    await eventually(async () => (((await cliJson(['audit', 'list', ...org])) as Json[]).length === 9 ? true : notYet('not all entries are there')));
    expect(await cliJson(['audit', 'verify', ...org])).toEqual([{ org: orgId, intact: true, entries: 9 }]);
  });

  it('registers clients that sign, and clients that show to nobody who they are', async () => {
    const org = ['--org', system.orgId];
    const keys = (x: string) => ({ keys: [{ kty: 'OKP', crv: 'Ed25519', x }] });
    const signing = await cliJson(['clients', 'create', 'Signing', ...org, '--auth-method', 'private_key_jwt', '--jwks', '-'], JSON.stringify(keys('old')));
    expect(signing).toMatchObject({ tokenEndpointAuthMethod: 'private_key_jwt', jwks: keys('old') });
    expect(await cliJson(['clients', 'update', signing['clientId'] as string, ...org, '--jwks', '-'], JSON.stringify(keys('new')))).toMatchObject({ jwks: keys('new') });
    const open = await cliJson(['clients', 'create', 'Public', ...org, '--auth-method', 'none', '--grant-type', 'authorization_code']);
    expect(open).toMatchObject({ tokenEndpointAuthMethod: 'none' });
    expect(open).not.toHaveProperty('clientSecret');
  });

  it('ends tokens and replaces keys, and the log of the system has both rings', async () => {
    const { orgId } = await cliJson(['orgs', 'create', 'To be ended']);
    const org = ['--org', orgId as string];
    const client = await cliJson(['clients', 'create', 'Server', ...org]);
    const { token } = await tokenOf(client['clientId'] as string, client['clientSecret'] as string, '/v1/auth/token');
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
    expect((await ask('GET', '/v1', { token })).status).toBe(200);
    expect(await cliJson(['tokens', 'revoke', 'token', token, ...org])).toEqual({ kind: 'token', id: jti });
    for (const base of system.baseUrls) expect(await within(async () => (await ask('GET', '/v1', { token, base })).status === 401)).toBeLessThan(1000);
    expect(await cliJson(['tokens', 'revoke', 'client', client['clientId'] as string, ...org])).toEqual({ kind: 'client', id: client['clientId'] });
    expect(await cliJson(['tokens', 'revoke-all', ...org])).toEqual({ kind: 'org', id: orgId });

    const [access, entry] = [await cliJson(['keys', 'rotate', 'access']), await cliJson(['keys', 'rotate', 'entry'])];
    const kidsAt = async (path: string) => ((await ask('GET', path)).body as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    await eventually(async () => (await kidsAt('/.well-known/jwks.json')).includes(access['kid'] as string) || notYet('the next key is not published'));
    expect(await kidsAt('/.well-known/entry-jwks.json')).toContain(entry['kid']);
    const acts = async () => ((await cliJson(['audit', 'list', '--org', 'system'])) as unknown as Json[]).map((each) => `${each['act']} ${each['target'].id} by ${each['who'].id}`);
    const wanted = [`signing-key.published ${access['kid']} by operator`, `entry-key.published ${entry['kid']} by operator`];
    await eventually(async () => (await acts()).filter((act) => wanted.includes(act)).length === 2 || notYet('not in the log yet'));
  });

  it('writes tables and lines for people, and no secret that was not just made', async () => {
    const made = await cli(['orgs', 'create', 'For people']);
    expect(made.out).toMatch(/^orgId {3}[\w-]{36}\nname {4}For people\nactive {2}true\nlimits {2}callsPerUser=- ongoingCalls=-\n$/);
    const listed = await cli(['orgs', 'list']);
    expect(listed.out.split('\n')[0]).toMatch(/^orgId +name +active +limits$/);
  });

  it('explains itself', async () => {
    expect(await cli(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('clients rotate-secret <client>') });
    expect((await cli(['users', '--help'])).out).not.toContain('rotate-secret');
    expect(await cli([])).toMatchObject({ code: 0 });
  });

  it.each<[string[], Record<string, string>, number, string]>([
    [['nonsense'], {}, 2, 'There is nothing called nonsense'],
    [['orgs', 'destroy'], {}, 2, 'Say what to do with orgs: list, create, get, update'],
    [['orgs', 'create'], {}, 2, 'It is: parley orgs create <name>'],
    [['orgs', 'list', '--wrong'], {}, 2, 'wrong'],
    [['users', 'list'], {}, 2, '--org'],
    [['orgs', 'update', 'x', '--calls-per-user', 'many'], {}, 2, 'whole number'],
    [['keys', 'rotate', 'all'], {}, 2, 'access or entry tokens'],
    [['tokens', 'revoke', 'token', 'a.b.c', '--org', 'x'], {}, 2, 'no access token'],
    [['tokens', 'revoke', 'user', 'x', '--org', 'x'], {}, 1, '404 org.not_found'],
    [['clients', 'create', 'x', '--org', 'x', '--jwks', '/nonexistent'], {}, 2, 'can’t be read (ENOENT)'],
    [['clients', 'create', 'x', '--org', 'x', '--jwks', '-'], {}, 2, 'no JSON'],
    [['orgs', 'get', 'x'], {}, 1, '404 org.not_found'],
    [['orgs', 'create', ''], {}, 1, '400 request.invalid'],
    [['orgs', 'list'], { PARLEY_ADMIN_TOKEN: 'wrong-token-of-somebody' }, 1, 'check PARLEY_ADMIN_TOKEN'],
    [['orgs', 'list'], { PARLEY_ADMIN_TOKEN: '' }, 1, 'PARLEY_ADMIN_TOKEN is not set'],
    [['orgs', 'list'], { PARLEY_URL: 'http://127.0.0.1:1' }, 1, 'Is Parley running there?'],
    [['orgs', 'list'], { PARLEY_URL: '' }, 1, 'npm start'],
  ])('%j %j ends with %d and says why', async (args, env, code, text) => {
    const ended = await cli(args, { env });

    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toContain(text);
  });
});
