import { UnsecuredJWT } from 'jose';
import { askToken, type AuthSystem, basic, send, startAuth } from '../auth-system.fixture.e2e.js';
import { type App, BACK, codeApp, codeFor, type Human, ISSUER, newApp, newHuman, newOrg, redemption, requestOf, Visitor } from '../flows.fixture.e2e.js';
import { Agent } from '../people.fixture.e2e.js';

/** Attacks on the authorization endpoint and the way through the browser, by section of RFC 9700. */
let auth: AuthSystem;
let orgId: string;
let human: Human;
let app: App;
let other: App;
let visitor: Visitor;

beforeAll(async () => {
  auth = await startAuth();
  orgId = await newOrg(auth);
  human = await newHuman(auth, orgId);
  app = await newApp(auth, orgId, codeApp);
  other = await newApp(auth, orgId, { ...codeApp, redirectUris: ['https://other.test/cb'] });
  visitor = new Visitor(auth.url, human);
  await codeFor(visitor, app);
});
afterAll(() => auth.stop());

const ask = (url: string) => visitor.agent.get(url);

/** Told to the app by a redirect to its registered address, with `iss` and the state. */
async function refusedBack(url: string): Promise<string | null> {
  const { status, location } = await ask(url);
  const { origin, pathname, searchParams } = new URL(location);
  expect([status, origin + pathname, searchParams.get('iss'), searchParams.get('state'), searchParams.has('code')]).toEqual([303, BACK, ISSUER, 'the-state', false]);
  return searchParams.get('error');
}

describe('4.1 redirect URIs: not the registered one, letter by letter', () => {
  it.each([
    `${BACK}/`, `${BACK}?`, `${BACK}?x=1`, `${BACK}#`, `${BACK}#f`, `${BACK}/more`, `${BACK}/../back`, `${BACK}%2f`, ` ${BACK}`, `${BACK} `, `${BACK}%00`,
    'https://app.test/BACK', 'https://APP.test/back', 'HTTPS://app.test/back', 'http://app.test/back', 'https://app.test:443/back', 'https://app.test:8443/back',
    'https://app.test./back', 'https://evil.app.test/back', 'https://app.test.evil.test/back', 'https://app.test@evil.test/back', 'https://evil.test\\@app.test/back', 'https://evil.test/https://app.test/back',
    '//app.test/back', '/back', 'app.test/back', 'javascript:alert(1)', 'data:text/html,x', 'https://other.test/cb', 'https://app.test/ba%63k', '*',
  ])('%s', async (redirect_uri) => {
    const { status, location, body } = await ask(requestOf(app, { redirect_uri }));
    expect([status, location, body['error']]).toEqual([400, '', expect.stringMatching(/^invalid_re/)]);
  });

  it('none at all, though only one is registered', async () => {
    expect(await ask(requestOf(app, { redirect_uri: undefined }))).toMatchObject({ status: 400, location: '' });
  });

  it('twice', async () => {
    expect(await ask(`${requestOf(app)}&redirect_uri=${encodeURIComponent('https://evil.test')}`)).toMatchObject({ status: 400, location: '' });
  });
});

describe('4.11 open redirection', () => {
  it.each(['00000000-0000-4000-8000-000000000000', '', 'x'.repeat(100), '\u0000', "' or 1=1 --"])('an unknown client %j leads nowhere', async (client_id) => {
    expect(await ask(requestOf(app, { client_id, redirect_uri: 'https://evil.test' }))).toMatchObject({ status: client_id === '' ? 400 : 403, location: '' });
  });

  it('nor does one that is disabled', async () => {
    const gone = await newApp(auth, orgId, codeApp);
    await auth.sql('update api_client set active = false where id = $1', [gone.clientId]);
    expect(await ask(requestOf(gone))).toMatchObject({ status: 403, location: '' });
  });

  it.each(['form_post', 'web_message', 'jwt'])('response_mode=%s brings no page with a script', async (response_mode) => {
    expect(await ask(requestOf(app, { response_mode }))).toMatchObject({ status: 400, location: '', body: { error: 'unsupported_response_mode' } });
    const posted = await visitor.agent.post('/oauth/auth', new URL(requestOf(app, { response_mode }), ISSUER).searchParams.toString());
    expect(posted).toMatchObject({ status: 400, body: { error: 'unsupported_response_mode' } });
  });

  it('prompt=none is answered to the app, and asks nobody', async () => {
    const stranger = new Agent(auth.url);
    const { location } = await stranger.get(requestOf(app, { prompt: 'none' }));
    expect(location).toMatch(/^https:\/\/app\.test\/back\?error=login_required&/);
  });
});

describe('2.1.1, 4.8 PKCE', () => {
  it.each<[string, Record<string, string | undefined>]>([
    ['left out', { code_challenge: undefined, code_challenge_method: undefined }],
    ['plain', { code_challenge_method: 'plain' }],
    ['without its method', { code_challenge_method: undefined }],
    ['a method without a challenge', { code_challenge: undefined }],
    ['an unknown method', { code_challenge_method: 's256' }],
    ['too short', { code_challenge: 'short' }],
    ['of other characters', { code_challenge: `${'x'.repeat(42)}!` }],
  ])('%s: refused', async (_name, changes) => {
    expect(await refusedBack(requestOf(app, changes))).toBe('invalid_request');
  });
});

describe('2.1.2, 4.3 other ways to answer', () => {
  it.each(['token', 'id_token', 'id_token token', 'code token', 'code id_token', 'none', 'CODE'])('response_type=%s gives nothing', async (response_type) => {
    const { status, location } = await ask(requestOf(app, { response_type }));
    expect(location).not.toMatch(/access_token|id_token=|[?&#]code=/);
    expect(location || String(status)).toMatch(/^400$|error=(unsupported_response_type|invalid_request|unauthorized_client)/);
  });

  it.each(['web_message', 'jwt', 'form_post.jwt', 'x'])('response_mode=%s gives nothing', async (response_mode) => {
    const { status, location } = await ask(requestOf(app, { response_mode }));
    expect(location || String(status)).toMatch(/^400$|error=(unsupported_response_mode|invalid_request)/);
  });
});

describe('request objects', () => {
  const smuggled = () => new UnsecuredJWT({ client_id: app.clientId, redirect_uri: 'https://evil.test', response_type: 'code', scope: 'call' }).encode();

  it.each<[string, () => Record<string, string>]>([
    ['by value', () => ({ request: smuggled() })],
    ['by reference', () => ({ request_uri: 'https://evil.test/request.jwt' })],
    ['of a data address', () => ({ request_uri: `data:,${smuggled()}` })],
    ['pushed by nobody', () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:unknown' })],
    ['registered by itself', () => ({ registration: '{"redirect_uris":["https://evil.test"]}' })],
  ])('%s: refused, and evil.test is never led to', async (_name, more) => {
    const { location, status } = await ask(requestOf(app, more()));
    expect(location).not.toMatch(/^https:\/\/evil|[?&#]code=/);
    expect(location || String(status)).toMatch(/^400$|error=(request_not_supported|request_uri_not_supported|registration_not_supported|invalid_request_uri|invalid_request)/);
  });

  const push = (client: App, changes: Record<string, string> = {}) =>
    send(`${auth.url}/oauth/par`, { method: 'POST', headers: { authorization: basic(client) }, body: new URLSearchParams({ ...Object.fromEntries(new URL(requestOf(client), ISSUER).searchParams), ...changes }) });
  const pushed = async (client: App): Promise<string> => String(((await push(client)).body as unknown as { request_uri: string }).request_uri);

  it('a pushed one is its client’s, and good once', async () => {
    const request_uri = await pushed(app);
    const query = (client: App) => `/oauth/auth?${new URLSearchParams({ client_id: client.clientId, request_uri }).toString()}`;
    expect(await ask(query(other))).toMatchObject({ status: 400, location: '' });
    expect((await ask(query(app))).location).toMatch(/^https:\/\/app\.test\/back\?code=/);
    expect(await ask(query(app))).toMatchObject({ status: 400, location: '' });
  });

  it('what was pushed can’t be changed in the browser', async () => {
    const request_uri = await pushed(app);
    const { location } = await ask(requestOf(app, { request_uri, redirect_uri: 'https://evil.test', state: 'changed', scope: 'coviu-enterprise-api' }));
    expect(location).not.toMatch(/evil|changed/);
  });

  it.each<[string, Record<string, string>]>([
    ['a foreign redirect URI', { redirect_uri: 'https://other.test/cb' }],
    ['another client', { client_id: '00000000-0000-4000-8000-000000000000' }],
    ['another request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
  ])('with %s can’t be pushed', async (_name, changes) => {
    expect(await push(app, changes)).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^invalid_re|^request_uri_not_supported$/) } });
  });
});

describe('4.4 mix-up', () => {
  it('every answer says whose it is, good or bad', async () => {
    const [good, bad] = [await ask(requestOf(app)), await ask(requestOf(app, { code_challenge_method: 'plain' }))];
    for (const { location } of [good, bad]) expect(new URL(location).searchParams.get('iss')).toBe(ISSUER);
  });
});

describe('4.7 cross-site request forgery, and interactions of others', () => {
  it('the state comes back as it was, whatever is in it', async () => {
    for (const state of ['a b&c=d#e', '"><script>', 'x'.repeat(1500), '%00']) {
      expect(new URL((await ask(requestOf(app, { state }))).location).searchParams.get('state')).toBe(state);
    }
  });

  it('who doesn’t hold the cookies of an interaction can neither see, answer nor take it up', async () => {
    const [victim, attacker] = [new Agent(auth.url), new Agent(auth.url)];
    const uid = (await victim.get(requestOf(app))).location.split('/').at(-1) ?? '';
    const { username, password } = human;

    expect(await attacker.get(`/auth/login/${uid}`)).toMatchObject({ status: 400 });
    expect(await attacker.post(`/auth/login/${uid}`, { username, password })).toMatchObject({ status: 400 });
    expect(await attacker.post(`/auth/grant/${uid}`, { grant: 'true' })).toMatchObject({ status: 400 });
    expect(await attacker.get(`/oauth/auth/${uid}`)).toMatchObject({ status: 400, location: '' });
  });

  it('an attacker can’t log a victim in to the attacker’s request: a cookie whose signature is wrong is none', async () => {
    const attacker = new Agent(auth.url);
    await attacker.get(requestOf(app));
    const uid = attacker.cookies.get('parley_interaction') ?? '';
    attacker.cookies.set('parley_interaction.sig', 'x'.repeat(27));
    expect(await attacker.get(`/auth/login/${uid}`)).toMatchObject({ status: 400 });
  });

  it('another site’s form posts nothing', async () => {
    const victim = new Agent(auth.url);
    const { location } = await victim.get(requestOf(app));
    const { username, password } = human;
    for (const headers of [{ origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      expect(await victim.post(location, { username, password }, headers)).toMatchObject({ status: 403 });
    }
  });

  it('a session id that somebody planted is worth nothing after the login', async () => {
    const planted = new Visitor(auth.url, human);
    await planted.agent.get('/auth/device');
    const before = planted.agent.cookies.get('parley_session');
    await codeFor(planted, app);
    expect(before).toBeDefined();
    expect(planted.agent.cookies.get('parley_session')).not.toBe(before);
  });
});

describe('a login of one org', () => {
  it('opens nothing at another: who is logged in there is asked to log in here', async () => {
    const elsewhere = await newApp(auth, await newOrg(auth), codeApp);
    const { location } = await ask(requestOf(elsewhere));
    expect(location).toMatch(/^\/auth\/login\//);
    expect(await visitor.agent.post(location, { username: human.username, password: human.password })).toMatchObject({ status: 403 });
  });

  it('ends with its person: disabled, they are asked to log in', async () => {
    const passing = await newHuman(auth, orgId);
    const gone = new Visitor(auth.url, passing);
    const code = await codeFor(gone, app);
    await auth.sql('update app_user set active = false where id = $1', [passing.userId]);

    expect((await gone.agent.get(requestOf(app))).location).toMatch(/^\/auth\/login\//);
    expect(await askToken(auth.url, app, redemption(code), '/oauth/token')).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

describe('4.15 scopes', () => {
  it('a client gets none that it isn’t registered with, whatever the person says yes to', async () => {
    const code = await codeFor(visitor, app, { scope: 'call admin introspect nonsense' });
    expect(await askToken(auth.url, app, redemption(code), '/oauth/token')).toMatchObject({ status: 200, body: { scope: 'call' } });
  });
});

describe('pages that hold secrets', () => {
  it('a redirect with a code is kept by nobody', async () => {
    const { headers } = await ask(requestOf(app));
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('Host and X-Forwarded headers lead nowhere', async () => {
    const { location } = await new Agent(auth.url).get(requestOf(app), { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'http', forwarded: 'host=evil.test' });
    expect(location).toMatch(/^\/auth\/login\//);
  });
});
