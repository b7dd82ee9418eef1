import { type AuthSystem, startAuth } from '../auth-system.fixture.e2e.js';
import { operator } from '../admin.fixture.e2e.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { Agent, asks, BROWSER, type CallApp, exchangeOf, hop, logIn, newCallApp, newCode, queryOf, type Reply } from '../people.fixture.e2e.js';
import { RegistrationsService } from '../registrations/registrations.service.js';

let auth: AuthSystem;
let app: CallApp;
let codeOnly: CallApp;
let switchedOff: CallApp;
let disabled: CallApp;
let ofDisabledOrg: CallApp;
let agent: Agent;

beforeAll(async () => {
  auth = await startAuth();
  app = await newCallApp(auth);
  codeOnly = await newCallApp(auth, { clickToCall: 'code' });
  switchedOff = await newCallApp(auth, { clickToCall: 'off' });
  [disabled, ofDisabledOrg] = [await newCallApp(auth), await newCallApp(auth)];
  await auth.get(RegistrationsService).change(operator, disabled, { active: false });
  await auth.get(OrgsService).change(operator, ofDisabledOrg.orgId, { active: false });
  agent = await logIn(new Agent(auth.url), app);
});
afterAll(() => auth.stop());

/** Each hop with these fields, by somebody who is logged in. */
const hops: Record<string, (fields: Record<string, string>) => Promise<Reply>> = {
  'GET /oauth/auth': (fields) => agent.get(hop('/oauth/auth', fields)),
  'GET /auth/login': (fields) => agent.get(hop('/auth/login', fields)),
  'POST /auth/login': (fields) => agent.post('/auth/login', { ...fields, username: app.user.username, password: app.user.password }),
  'GET /auth/grant': (fields) => agent.get(hop('/auth/grant', fields)),
  'POST /auth/grant': (fields) => agent.post('/auth/grant', { ...fields, grant: 'true' }),
};

const without = (name: string): Record<string, string> => Object.fromEntries(Object.entries(asks(app)).filter(([each]) => each !== name));

/** What is asked, and what every hop answers to it. */
const refused: [string, () => Record<string, string>, number, string][] = [
  ['no client_id', () => without('client_id'), 400, 'invalid_request'],
  ['no response_type', () => without('response_type'), 400, 'invalid_request'],
  ['no redirect_uri', () => without('redirect_uri'), 400, 'invalid_request'],
  ['no scope', () => without('scope'), 400, 'invalid_request'],
  ['an empty scope', () => asks(app, { scope: '' }), 400, 'invalid_request'],
  ['another response_type', () => asks(app, { response_type: 'id_token' }), 400, 'unsupported_response_type'],
  ['an unknown client', () => asks(app, { client_id: 'c0ffee00-0000-4000-8000-000000000000' }), 403, 'unauthorized_client'],
  ['a client that is none', () => asks(app, { client_id: "x' or 1=1 --" }), 403, 'unauthorized_client'],
  ['a client with a NUL', () => asks(app, { client_id: 'a\u0000b' }), 403, 'unauthorized_client'],
  ['a client that is not for calls', () => asks(switchedOff), 403, 'unauthorized_client'],
  ['a disabled client', () => asks(disabled), 403, 'unauthorized_client'],
  ['a client of a disabled org', () => asks(ofDisabledOrg), 403, 'unauthorized_client'],
  ['an unknown redirect_uri', () => asks(app, { redirect_uri: 'https://evil.test/back' }), 403, 'invalid_redirect_uri'],
  ['a redirect_uri that only begins alike', () => asks(app, { redirect_uri: `${app.redirectUri}/../x` }), 403, 'invalid_redirect_uri'],
  ['a redirect_uri with a query more', () => asks(app, { redirect_uri: `${app.redirectUri}?a=b` }), 403, 'invalid_redirect_uri'],
  ['an unknown client and an unknown scope', () => asks(app, { client_id: 'x', scope: 'admin' }), 403, 'unauthorized_client'],
  ['a token where only codes are given', () => asks(codeOnly, { response_type: 'token' }), 403, 'unauthorized_client'],
  ['a scope that the client lacks', () => asks(app, { scope: 'call admin' }), 400, 'invalid_scope'],
  ['a scope that nobody has', () => asks(app, { scope: 'calls' }), 400, 'invalid_scope'],
];

describe.each(Object.entries(hops))('%s (P1.2, P1.3)', (name, ask) => {
  it.each(refused)('refuses %s, and sends nobody anywhere', async (_what, fields, status, error) => {
    const answer = await ask(fields());

    expect([answer.status, answer.body['error'], answer.location]).toEqual([status, error, '']);
    expect(answer.body['error_description']).toEqual(expect.stringMatching(/^.{10,}/));
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses a field twice', async () => {
    const twice = `${queryOf(asks(app))}&redirect_uri=https%3A%2F%2Fevil.test%2F`;
    const [method = '', path = ''] = name.split(' ');
    const answer = await (method === 'GET' ? agent.get(`${path}?${twice}`) : agent.post(path, twice));
    expect([answer.status, answer.body['error'], answer.location]).toEqual([400, 'invalid_request', '']);
  });

  it('tells a person in words', async () => {
    const browser = new Agent(auth.url, BROWSER);
    const [method = '', path = ''] = name.split(' ');
    const answer = await (method === 'GET' ? browser.get(hop(path, without('scope'))) : browser.post(path, without('scope')));

    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(answer.text).toMatch(/role="alert".*scope is missing[^]*<code>invalid_request<\/code>/);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*form-action 'none'; frame-ancestors 'none'$/);
  });
});

describe('GET /oauth/token (P2)', () => {
  const ask = (fields: Record<string, string>, at: CallApp = app): Promise<Reply> => new Agent(auth.url).get(exchangeOf(at, 'x', fields));

  it.each(['client_id', 'client_secret', 'code', 'redirect_uri'])('is 400 without %s', async (name) => {
    const answer = await ask({ [name]: '' });
    expect([answer.status, answer.body['error'], answer.location]).toEqual([400, 'invalid_request', '']);
  });

  it('is 400 for another grant', async () => {
    expect(await ask({ grant_type: 'client_credentials' })).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
  });

  it.each<[string, () => Promise<Reply>, string]>([
    ['an unknown client', () => ask({ client_id: 'nobody' }), 'unauthorized_client'],
    ['a client that is not for calls', () => ask({}, switchedOff), 'unauthorized_client'],
    ['a disabled client', () => ask({}, disabled), 'unauthorized_client'],
    ['an unknown redirect_uri', () => ask({ redirect_uri: 'https://evil.test/' }), 'invalid_redirect_uri'],
    ['a wrong secret', () => ask({ client_secret: `${app.secret}x` }), 'access_denied'],
    ['an unknown code', () => ask({}), 'access_denied'],
  ])('is 403 for %s', async (_what, answer, error) => {
    const { status, body, location } = await answer();
    expect([status, body['error'], location]).toEqual([403, error, '']);
  });

  it('needs neither grant_type nor a cookie, and gives a server what it can read, if it may', async () => {
    const querying = await newCallApp(auth, { queryToken: true, redirectUris: ['https://app.test/back?x=1'] });
    const at = { ...querying, redirectUri: 'https://app.test/back?x=1' };
    const answer = await new Agent(auth.url).get(exchangeOf(at, await newCode(auth.url, at), { grant_type: '' }));

    expect([answer.status, answer.location]).toEqual([
      303,
      expect.stringMatching(/^https:\/\/app\.test\/back\?x=1&access_token=([\w.-]+)&expires_in=3600&token_type=Bearer#access_token=\1&token_type=Bearer&expires_in=3600$/),
    ]);
  });

  it('leaves no trace in the log', () => {
    expect(auth.logs.join('\n')).not.toMatch(new RegExp(`${app.secret}|access_token=|client_secret=|correct horse`));
  });
});

describe('/test (P6)', () => {
  it.each<[string, string, object]>([
    ['a code', '?code=C', { code: 'C' }],
    ['a token', '?access_token=T&expires_in=3600&token_type=Bearer', { token: 'T', expire: '3600' }],
    ['a no', '?error=access_denied&state=s', { error: 'access_denied', state: 's' }],
    ['nothing', '', { message: expect.any(String) as string }],
  ])('shows %s, as JSON for everybody', async (_what, query, shown) => {
    const answer = await new Agent(auth.url, BROWSER).get(`/test${query}`);
    expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([200, expect.stringMatching(/^application\/json/), shown]);
  });
});
