import { AppError, changeClient, changeOrg, exchangeOpaqueToken, issueOrgToken, listOrgs, listUsers, readClient, readOrg, registerClient, registerOrg, registerUser, rotateClientSecret } from '@parley/dto';
import { tokenInvalid } from '@parley/jwt';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.services.forget());

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

async function ask(method: string, path: string, { body, token = 'admin', type = 'application/json' }: { body?: unknown; token?: string | null; type?: string } = {}): Promise<Answer> {
  const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': type }) };
  const response = await fetch(`${gateway.url}/admin/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  return { status: response.status, headers: response.headers, body: JSON.parse((await response.text()) || '{}') as Record<string, unknown> };
}

const org = { orgId: 'org-1', name: 'Clinic', active: true, limits: { callsPerUser: null, ongoingCalls: null } };
const client = { clientId: 'c', orgId: 'org-1', name: 'App', active: true, grantTypes: [], redirectUris: [], clickToCall: 'off' as const, queryToken: false, scopes: [], tokenEndpointAuthMethod: 'client_secret_basic' as const, jwks: null, limits: { callsPerUser: null } };
const subjects = () => gateway.services.asked.map(({ subject }) => subject);
/** An opaque token is exchanged for one that the gateway under test knows. */
const exchangeTo = (accessToken: string) => gateway.services.on(exchangeOpaqueToken, () => ({ accessToken, expiresIn: 60 }));

describe('who may administer', () => {
  it.each<[string, string | null, number, string, string]>([
    ['nobody', null, 401, 'token.missing', 'Bearer'],
    ['a client without the scope', jwt('good'), 403, 'token.scope', 'Bearer error="insufficient_scope", scope="admin"'],
    ['a forged token', jwt('forged'), 401, 'token.invalid', 'Bearer error="invalid_token"'],
  ])('not %s', async (...[, token, status, code, challenge]) => {
    const answer = await ask('GET', '/orgs', { token });

    expect([answer.status, answer.body['code'], answer.headers.get('www-authenticate')]).toEqual([status, code, challenge]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(subjects()).toEqual([]);
  });

  it('not an opaque token that auth-service does not know', async () => {
    gateway.services.refuse(exchangeOpaqueToken, tokenInvalid());

    const answer = await ask('GET', '/orgs', { token: 'prl_org_unknown' });

    expect([answer.status, answer.body['code']]).toEqual([401, 'token.invalid']);
    expect(subjects()).toEqual([exchangeOpaqueToken.subject]);
  });

  it('not an org token, whose access token has another scope', async () => {
    exchangeTo(jwt('good'));

    expect((await ask('GET', '/orgs', { token: 'prl_org_known' })).status).toBe(403);
  });

  it('nobody who guesses: 429 says of which limit, and for how long', async () => {
    const details = { policy: 'account', limit: 10, windowSeconds: 900, retryAfter: 840 };
    gateway.services.refuse(exchangeOpaqueToken, new AppError('rate_limited', 'too_many_failures', 'Too many failed attempts. Wait 840 s before the next one.', details));

    const { status, headers, body } = await ask('GET', '/orgs', { token: 'a-guess-at-the-token' });

    expect([status, body['code']]).toEqual([429, 'too_many_failures']);
    expect(['retry-after', 'ratelimit-policy', 'ratelimit'].map((name) => headers.get(name))).toEqual(['840', '"account";q=10;w=900', '"account";r=0;t=840']);
  });

  it('503 while auth-service can’t be asked, never 401', async () => {
    gateway.services.refuse(exchangeOpaqueToken, new AppError('unavailable', 'unavailable', 'The auth service can’t be reached right now.'));

    expect((await ask('GET', '/orgs', { token: 'some-operator-token' })).status).toBe(503);
  });

  it('no token of more than a kilobyte is even looked at', async () => {
    expect((await ask('GET', '/orgs', { token: 'x'.repeat(1025) })).status).toBe(401);
    expect(subjects()).toEqual([]);
  });
});

describe('an opaque token', () => {
  it('is exchanged once, however many requests come with it within a second, and again after it', async () => {
    exchangeTo(jwt('admin'));
    gateway.services.on(listOrgs, () => ({ items: [org], next: null }));
    const token = 'operator-token-of-this-test';

    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('GET', '/orgs', { token })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const exchanges = () => subjects().filter((subject) => subject === exchangeOpaqueToken.subject).length;
    expect(exchanges()).toBe(1);

    await new Promise((resolve) => setTimeout(resolve, 900));
    gateway.services.refuse(exchangeOpaqueToken, tokenInvalid());
    expect((await ask('GET', '/orgs', { token })).status).toBe(401);
  });
});

describe('an exchange that failed', () => {
  it('is not remembered', async () => {
    const token = 'operator-token-of-a-bad-moment';
    gateway.services.refuse(exchangeOpaqueToken, new AppError('unavailable', 'unavailable', 'The auth service can’t be reached right now.'));
    expect((await ask('GET', '/orgs', { token })).status).toBe(503);

    exchangeTo(jwt('admin'));
    gateway.services.on(listOrgs, () => ({ items: [org], next: null }));

    expect((await ask('GET', '/orgs', { token })).status).toBe(200);
  });
});

describe('what services answer', () => {
  beforeEach(() => exchangeTo(jwt('admin')));

  it('goes out as it is: 201 for what was made', async () => {
    gateway.services.on(registerOrg, () => org);

    const answer = await ask('POST', '/orgs', { body: { name: 'Clinic', unknown: 1 } });

    expect([answer.status, answer.body]).toEqual([201, org]);
    expect(gateway.services.asked.at(-1)?.request).toEqual({ name: 'Clinic' });
  });

  it('with a secret is not to be kept by anybody on the way', async () => {
    gateway.services.on(registerClient, () => ({ ...client, clientSecret: 's' }));
    gateway.services.on(rotateClientSecret, () => ({ clientId: 'c', clientSecret: 's' }));
    gateway.services.on(issueOrgToken, () => ({ tokenId: 't', orgId: 'org-1', name: 'T', active: true, token: 'prl_org_x' }));
    const answers = [
      await ask('POST', '/orgs/org-1/clients', { body: { name: 'App' } }),
      await ask('POST', '/orgs/org-1/clients/c/rotate-secret'),
      await ask('POST', '/orgs/org-1/org-tokens', { body: { name: 'T' } }),
    ];

    expect(answers.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual(Array(3).fill([201, 'no-store']));
    expect(gateway.services.asked.find(({ subject }) => subject === rotateClientSecret.subject)?.request).toEqual({ orgId: 'org-1', clientId: 'c', overlapSeconds: 86_400 });
  });

  it('pages: limit and after are handed on, and limits beyond the largest become that', async () => {
    gateway.services.on(listUsers, () => ({ items: [], next: 'place' }));

    const answer = await ask('GET', '/orgs/org-1/users?limit=1000&after=x');

    expect(answer.body).toEqual({ items: [], next: 'place' });
    expect(gateway.services.asked.at(-1)?.request).toEqual({ orgId: 'org-1', limit: 200, after: 'x' });
  });

  it('a problem has code, detail and the id of the request (RFC 9457)', async () => {
    gateway.services.refuse(readOrg, new AppError('not_found', 'org.not_found', 'There is no such organisation.'));

    const { status, headers, body } = await ask('GET', '/orgs/none');

    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect([status, body]).toEqual([
      404,
      { type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is no such organisation.', code: 'org.not_found', requestId: headers.get('x-request-id') },
    ]);
  });

  it('an id that can be nobody’s is asked for as one that is not there', async () => {
    gateway.services.refuse(readClient, new AppError('not_found', 'client.not_found', 'There is no such API client.'));

    expect((await ask('GET', `/orgs/org-1/clients/${'x'.repeat(300)}`)).status).toBe(404);
    expect((await ask('GET', '/orgs/%00/clients/%0A')).status).toBe(404);
    expect(gateway.services.asked.at(-1)?.request).toEqual({ orgId: '-', clientId: '-' });
  });

  it.each([['PUT', '/orgs'], ['DELETE', '/orgs/org-1'], ['POST', '/settings'], ['PATCH', '/audit']])('405 for %s %s', async (method, path) => {
    expect((await ask(method, path)).status).toBe(405);
  });
});

const long = (length: number): string => 'x'.repeat(length);
const uri = (text: string) => ({ name: 'App', redirectUris: [text] });

describe('bad input', () => {
  const orgs = '/orgs';
  const clients = '/orgs/org-1/clients';
  const users = '/orgs/org-1/users';
  const tokens = '/orgs/org-1/org-tokens';

  it.each<[string, string, unknown, string]>([
    ['POST', orgs, undefined, ''],
    ['POST', orgs, {}, 'name'],
    ['POST', orgs, [], ''],
    ['POST', orgs, 'null', ''],
    ['POST', orgs, { name: 1 }, 'name'],
    ['POST', orgs, { name: '' }, 'name'],
    ['POST', orgs, { name: long(257) }, 'name'],
    ['POST', orgs, { name: 'a\u0000b' }, 'name'],
    ['POST', orgs, { name: '\ud800' }, 'name'],
    ['PATCH', '/orgs/org-1', undefined, ''],
    ['PATCH', '/orgs/org-1', {}, ''],
    ['PATCH', '/orgs/org-1', { unknown: 1 }, ''],
    ['PATCH', '/orgs/org-1', { name: null }, 'name'],
    ['PATCH', '/orgs/org-1', { active: 'false' }, 'active'],
    ['PATCH', '/orgs/org-1', { limits: 3 }, 'limits'],
    ['PATCH', '/orgs/org-1', { limits: { callsPerUser: -1 } }, 'limits.callsPerUser'],
    ['PATCH', '/orgs/org-1', { limits: { callsPerUser: 1.5 } }, 'limits.callsPerUser'],
    ['PATCH', '/orgs/org-1', { limits: { ongoingCalls: '1' } }, 'limits.ongoingCalls'],
    ['PATCH', '/orgs/org-1', { limits: { ongoingCalls: 1_000_001 } }, 'limits.ongoingCalls'],
    ['POST', clients, undefined, ''],
    ['POST', clients, {}, 'name'],
    ['POST', clients, { name: long(257) }, 'name'],
    ['POST', clients, { name: 'App', grantTypes: 'client_credentials' }, 'grantTypes'],
    ['POST', clients, { name: 'App', grantTypes: ['password'] }, 'grantTypes.0'],
    ['POST', clients, { name: 'App', grantTypes: ['implicit'] }, 'grantTypes'],
    ['POST', clients, { name: 'App', grantTypes: ['implicit'], clickToCall: 'code' }, 'grantTypes'],
    ['POST', clients, { name: 'App', scopes: ['everything'] }, 'scopes.0'],
    ['POST', clients, { name: 'App', scopes: 'call' }, 'scopes'],
    ['POST', clients, { name: 'App', clickToCall: 'on' }, 'clickToCall'],
    ['POST', clients, { name: 'App', clickToCall: true }, 'clickToCall'],
    ['POST', clients, { name: 'App', queryToken: 'true' }, 'queryToken'],
    ['POST', clients, { name: 'App', redirectUris: 'https://a.test/' }, 'redirectUris'],
    ['POST', clients, { name: 'App', redirectUris: Array(21).fill('https://a.test/') }, 'redirectUris'],
    ['POST', clients, uri('/callback'), 'redirectUris.0'],
    ['POST', clients, uri('//a.test/cb'), 'redirectUris.0'],
    ['POST', clients, uri('a.test/cb'), 'redirectUris.0'],
    ['POST', clients, uri('javascript:alert(1)'), 'redirectUris.0'],
    ['POST', clients, uri('data:text/html,x'), 'redirectUris.0'],
    ['POST', clients, uri('ftp://a.test/'), 'redirectUris.0'],
    ['POST', clients, uri('myapp://cb'), 'redirectUris.0'],
    ['POST', clients, uri('https:a.test/cb'), 'redirectUris.0'],
    ['POST', clients, uri('https:///cb'), 'redirectUris.0'],
    ['POST', clients, uri('https://a.test/cb#x'), 'redirectUris.0'],
    ['POST', clients, uri('https://a.test/cb#'), 'redirectUris.0'],
    ['POST', clients, uri('https://*.a.test/cb'), 'redirectUris.0'],
    ['POST', clients, uri('https://a.test/*'), 'redirectUris.0'],
    ['POST', clients, uri('https://user:pw@a.test/'), 'redirectUris.0'],
    ['POST', clients, uri('https://@a.test/'), 'redirectUris.0'],
    ['POST', clients, uri('https://a.test\\@b.test/'), 'redirectUris.0'],
    ['POST', clients, uri(' https://a.test/'), 'redirectUris.0'],
    ['POST', clients, uri('https://a.test/a b'), 'redirectUris.0'],
    ['POST', clients, uri('https://a.test/\n'), 'redirectUris.0'],
    ['POST', clients, uri('https://a.test:99999/'), 'redirectUris.0'],
    ['POST', clients, uri(`https://a.test/${long(2048)}`), 'redirectUris.0'],
    ['POST', clients, uri(''), 'redirectUris.0'],
    ['POST', clients, { name: 'App', redirectUris: [1] }, 'redirectUris.0'],
    ['PATCH', `${clients}/c`, {}, ''],
    ['PATCH', `${clients}/c`, { redirectUris: ['x'] }, 'redirectUris.0'],
    ['PATCH', `${clients}/c`, { active: 0 }, 'active'],
    ['POST', `${clients}/c/rotate-secret`, { overlapSeconds: -1 }, 'overlapSeconds'],
    ['POST', `${clients}/c/rotate-secret`, { overlapSeconds: '60' }, 'overlapSeconds'],
    ['POST', `${clients}/c/rotate-secret`, { overlapSeconds: 2_592_001 }, 'overlapSeconds'],
    ['POST', `${clients}/c/rotate-secret`, [], ''],
    ['POST', users, undefined, ''],
    ['POST', users, { password: 'x' }, 'username'],
    ['POST', users, { username: 'ada' }, 'password'],
    ['POST', users, { username: 1, password: 'x' }, 'username'],
    ['POST', users, { username: ' ada', password: 'x' }, 'username'],
    ['POST', users, { username: long(257), password: 'x' }, 'username'],
    ['POST', users, { username: 'ada', password: '' }, 'password'],
    ['POST', users, { username: 'ada', password: long(1025) }, 'password'],
    ['POST', users, { username: 'ada', password: 1 }, 'password'],
    ['PATCH', `${users}/u`, {}, ''],
    ['PATCH', `${users}/u`, { password: null }, 'password'],
    ['PATCH', `${users}/u`, { limits: { callsPerUser: 'x' } }, 'limits.callsPerUser'],
    ['POST', tokens, {}, 'name'],
    ['PATCH', `${tokens}/t`, { active: true }, 'active'],
    ['PATCH', `${tokens}/t`, {}, 'active'],
    ['PATCH', '/settings', {}, 'limits'],
    ['PATCH', '/settings', { limits: { callsPerUser: -1 } }, 'limits.callsPerUser'],
    ['POST', '/orgs/org-1/revocations', undefined, ''],
    ['POST', '/orgs/org-1/revocations', {}, 'kind'],
    ['POST', '/orgs/org-1/revocations', { kind: 'everything', id: 'x' }, 'kind'],
    ['POST', '/orgs/org-1/revocations', { kind: 'token' }, 'id'],
    ['POST', '/orgs/org-1/revocations', { kind: 'grant', id: '' }, 'id'],
    ['POST', '/orgs/org-1/revocations', { kind: 'user', id: 1 }, 'id'],
    ['POST', '/orgs/org-1/revocations', { kind: 'client', id: long(257) }, 'id'],
    ['POST', '/orgs/org-1/revocations', { kind: 'org', id: 'another' }, 'id'],
    ['POST', '/keys/access/rotate', { compromised: 'yes' }, 'compromised'],
    ['POST', '/keys/entry/rotate', [], ''],
    ['GET', '/orgs?limit=0', undefined, 'limit'],
    ['GET', '/orgs?limit=x', undefined, 'limit'],
    ['GET', '/orgs?limit=1&limit=2', undefined, 'limit'],
    ['GET', '/orgs?after=', undefined, 'after'],
    ['GET', '/audit/verify', undefined, 'org'],
  ])('%s %s %j is refused, and the field is named', async (method, path, body, field) => {
    exchangeTo(jwt('admin'));

    const answer = await ask(method, path, { body });

    expect([answer.status, answer.body['code']]).toEqual([400, 'request.invalid']);
    expect((answer.body['faults'] as { path: string }[]).map((fault) => fault.path)).toContain(field);
    expect(subjects().filter((subject) => subject !== exchangeOpaqueToken.subject)).toEqual([]);
  });

  it.each<[number, string, unknown, string]>([
    [400, 'request.json', '{', 'application/json'],
    [415, 'request.media_type', 'name=x', 'application/x-www-form-urlencoded'],
    [415, 'request.media_type', '{}', 'text/plain'],
    [413, 'request.too_large', `{"name":"${long(1024 * 1024)}"}`, 'application/json'],
  ])('%s %s', async (status, code, body, type) => {
    exchangeTo(jwt('admin'));

    const answer = await ask('POST', '/orgs', { body, type });

    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it.each([
    'https://a.test', 'https://a.test/', 'https://a.test/cb?x=1&y=%20@', 'http://127.0.0.1:3000/test', 'http://[::1]:8080/cb', 'http://localhost/cb', 'HTTPS://A.test/cb', 'https://a.test/@me',
  ])('%s is a redirect URI, and stays as it is', async (text) => {
    exchangeTo(jwt('admin'));
    gateway.services.on(changeClient, () => client);

    expect((await ask('PATCH', `${clients}/c`, { body: { redirectUris: [text, text] } })).status).toBe(200);
    expect(gateway.services.asked.at(-1)?.request).toMatchObject({ change: { redirectUris: [text] } });
  });

  it('null takes a limit away, and is no fault', async () => {
    exchangeTo(jwt('admin'));
    gateway.services.on(changeOrg, () => org);

    expect((await ask('PATCH', '/orgs/org-1', { body: { limits: { callsPerUser: null } } })).status).toBe(200);
    expect(gateway.services.asked.at(-1)?.request).toEqual({ orgId: 'org-1', change: { limits: { callsPerUser: null } } });
  });

  it('a name in two forms is one name', async () => {
    exchangeTo(jwt('admin'));
    gateway.services.on(registerUser, () => ({ userId: 'u', orgId: 'org-1', username: 'zoë', active: true, limits: { callsPerUser: null } }));

    await ask('POST', users, { body: { username: 'zoe\u0308', password: 'x' } });

    expect(gateway.services.asked.at(-1)?.request).toMatchObject({ user: { username: 'zo\u00eb' } });
  });
});

/** By its form a JWT; which actor it stands for the gateway under test reads from its last part. */
function jwt(actor: string): string {
  return `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.e30.${actor}`;
}
