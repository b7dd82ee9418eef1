import { type AuthSystem, basic, claimsOf, send, startAuth } from '../auth-system.fixture.e2e.js';
import { operator } from '../admin.fixture.e2e.js';
import { Agent, asks, BROWSER, type CallApp, codeIn, FORM_POST, hiddenFieldsOf, hop, logIn, newCallApp, type Reply } from '../people.fixture.e2e.js';
import { RegistrationsService } from '../registrations/registrations.service.js';
import { UsersService } from '../users/users.service.js';

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'; // RFC 7636, appendix B
const CHALLENGE = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

let auth: AuthSystem;
/** An application of today, and one of ClickToCall, of the same org. */
let modern: CallApp;
let classic: CallApp;

beforeAll(async () => {
  auth = await startAuth();
  classic = await newCallApp(auth);
  modern = await newModern(classic);
});
afterAll(() => auth.stop());

async function newModern(at: CallApp): Promise<CallApp> {
  const wishes = { name: 'Modern', grantTypes: ['authorization_code', 'refresh_token', DEVICE] as ('authorization_code' | 'refresh_token' | typeof DEVICE)[], redirectUris: [at.redirectUri] };
  const { clientId, clientSecret: secret = '' } = await auth.get(RegistrationsService).register(operator, at.orgId, wishes);
  return { ...at, clientId, secret };
}

const pathOf = ({ location }: Reply): string => location.replace('https://parley.test', '');
const asked = (at: CallApp = modern, more: Record<string, string> = {}) => asks(at, { state: 's', ...CHALLENGE, ...more });
const credentials = ({ user: { username, password } }: CallApp) => ({ username, password });

/** Goes where it is sent, until it is asked something or leaves. */
async function follow(agent: Agent, reply: Reply): Promise<Reply> {
  return reply.status === 303 && !reply.location.startsWith('https://app.test/') ? follow(agent, await agent.get(pathOf(reply))) : reply;
}

describe('an application of today’s standards (P7)', () => {
  it('gets its code by way of the same pages', async () => {
    const agent = new Agent(auth.url);
    const begun = await agent.get(hop('/oauth/auth', asked()));
    expect([begun.status, pathOf(begun)]).toEqual([303, expect.stringMatching(/^\/auth\/login\/[\w-]+$/)]);
    const login = await agent.get(pathOf(begun));
    expect([login.status, login.body]).toEqual([200, { ...asks(modern, { state: 's' }), message: 'login' }]);

    expect((await agent.post(pathOf(begun), { ...credentials(modern), password: 'wrong' })).status).toBe(403);
    const consent = await follow(agent, await agent.post(pathOf(begun), credentials(modern)));
    expect([consent.status, consent.body]).toEqual([200, { ...asks(modern, { state: 's' }), message: 'grant' }]);
  });

  it('shows them to a person, without any script', async () => {
    const agent = new Agent(auth.url, BROWSER);
    const begun = await agent.get(hop('/oauth/auth', asked()));
    const login = await follow(agent, begun);
    const consent = await follow(agent, await agent.post(pathOf(begun), { ...hiddenFieldsOf(login.text), ...credentials(modern) }, FORM_POST));
    expect(consent.text).toContain('<h1>Allow Modern?</h1>');
    const action = /action="([^"]+)"/.exec(consent.text)?.[1] ?? '';
    expect((await agent.post(action, { grant: 'true' }, FORM_POST)).status).toBe(403); // CSRF: no token

    const done = await follow(agent, await agent.post(action, { ...hiddenFieldsOf(consent.text), grant: 'true' }, FORM_POST));

    const { searchParams } = new URL(done.location);
    expect([searchParams.get('state'), searchParams.get('iss')]).toEqual(['s', 'https://parley.test']);
    const form = { grant_type: 'authorization_code', code: codeIn(done), redirect_uri: modern.redirectUri, code_verifier: VERIFIER };
    const { status, body } = await send(`${auth.url}/oauth/token`, { method: 'POST', headers: { authorization: basic(modern) }, body: new URLSearchParams(form) });
    expect([status, claimsOf(body.access_token)]).toMatchObject([200, { sub: modern.user.userId, scope: 'call', client_id: modern.clientId }]);

    const again = await follow(agent, await agent.get(hop('/oauth/auth', asked())));
    expect(again.location).toContain('?code='); // remembered
  });

  it('shares the login with ClickToCall, both ways', async () => {
    const agent = await logIn(new Agent(auth.url), classic);
    const other = await newModern(classic);
    expect((await follow(agent, await agent.get(hop('/oauth/auth', asked(other))))).body).toMatchObject({ message: 'grant' });

    const reverse = new Agent(auth.url);
    const begun = await reverse.get(hop('/oauth/auth', asked(other)));
    await follow(reverse, await reverse.post(pathOf(begun), credentials(classic)));
    expect((await reverse.get(hop('/auth/grant', asks(classic)))).body).toMatchObject({ message: 'grant' });
  });

  it('asks by a form as well (RFC 6749, 3.1)', async () => {
    const begun = await new Agent(auth.url).post('/oauth/auth', asked());
    expect([begun.status, pathOf(begun)]).toEqual([303, expect.stringMatching(/^\/auth\/login\/[\w-]+$/)]);
    const classically = await new Agent(auth.url).post('/oauth/auth', asks(classic));
    expect([classically.status, pathOf(classically)]).toEqual([302, expect.stringMatching(/^\/auth\/login\?/)]);
    expect(await new Agent(auth.url).post('/oauth/auth', {})).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('begins again if somebody else has logged in meanwhile', async () => {
    const other = { username: 'somebody else', password: 'a long password' };
    await auth.get(UsersService).register(operator, classic.orgId, other);
    const agent = new Agent(auth.url);
    const begun = await agent.get(hop('/oauth/auth', asked()));
    const back = await agent.post(pathOf(begun), credentials(modern));
    await agent.get('/auth/logout');
    expect((await agent.post('/auth/login', { ...asks(classic), ...other })).status).toBe(303);

    expect(await agent.get(pathOf(back))).toMatchObject({ status: 400, body: { error: 'interaction_over' } });
    expect((await follow(agent, await agent.get(hop('/oauth/auth', asked())))).body).toMatchObject({ message: 'grant' });
  });

  it.each<[string, (agent: Agent) => Promise<Reply>]>([
    ['a code that is sent', (agent) => agent.post('/auth/device', { user_code: 'AAAA-BBBB' })],
    ['a way back', (agent) => agent.get('/auth/device/0192f3a0-0000-7000-8000-00000000000a')],
  ])('P8: %s without the session of the form is out of date', async (_what, ask) => {
    expect(await ask(new Agent(auth.url))).toMatchObject({ status: 400, body: { error: 'interaction_over' } });
  });

  it('is told of a no', async () => {
    const at = await newModern(classic);
    const agent = await logIn(new Agent(auth.url), classic);
    const begun = await agent.get(hop('/oauth/auth', asked(at)));

    const { location } = await follow(agent, await agent.post(pathOf(begun), { grant: 'false' }));

    expect(Object.fromEntries(new URL(location).searchParams)).toMatchObject({ error: 'access_denied', state: 's', iss: 'https://parley.test' });
  });

  it('asks a person of another org to log in, whose login then takes the place of the other', async () => {
    const stranger = await newCallApp(auth);
    const agent = await logIn(new Agent(auth.url), stranger);

    const begun = await agent.get(hop('/oauth/auth', asked()));
    expect(pathOf(begun)).toMatch(/^\/auth\/login\//);
    const next = await follow(agent, await agent.post(pathOf(begun), credentials(modern)));

    expect([next.status, next.body['message'] ?? new URL(next.location).searchParams.has('code')]).toEqual([next.location ? 303 : 200, next.location ? true : 'grant']);
    expect((await agent.get(hop('/auth/grant', asks(stranger)))).location).toBe(hop('/auth/login', asks(stranger)));
  });

  it.each([
    ['/auth/login/nothing', 'interaction_over'],
    ['/auth/grant/nothing', 'interaction_over'],
  ])('%s is 400 without an interaction', async (path, error) => {
    expect(await new Agent(auth.url).get(path)).toMatchObject({ status: 400, body: { error } });
    expect((await new Agent(auth.url, BROWSER).get(path)).text).toContain('This page is out of date');
    expect(await new Agent(auth.url).post(path, credentials(modern))).toMatchObject({ status: 400, body: { error } });
  });

  it('an application of ClickToCall that brings a challenge is served by the standard', async () => {
    expect(pathOf(await new Agent(auth.url).get(hop('/oauth/auth', asked(classic))))).toMatch(/^\/auth\/login\/[\w-]+$/);
  });
});

it('a login that waits to be handed on ends when the password is changed', async () => {
  const at = await newModern(await newCallApp(auth));
  const agent = new Agent(auth.url);
  const begun = await agent.get(hop('/oauth/auth', asked(at)));
  const back = await agent.post(pathOf(begun), credentials(at));
  await auth.get(UsersService).change(operator, { orgId: at.orgId, userId: at.user.userId }, { password: 'another' });

  expect(await agent.get(pathOf(back))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  expect(pathOf(await agent.get(hop('/oauth/auth', asked(at))))).toMatch(/^\/auth\/login\//);
});

describe('a device (P8)', () => {
  const begin = async (at: CallApp) =>
    (await (await fetch(`${auth.url}/oauth/device`, { method: 'POST', headers: { authorization: basic(at) }, body: new URLSearchParams({ scope: 'call' }) })).json()) as { user_code: string; device_code: string; verification_uri: string };
  const poll = (at: CallApp, device_code: string) =>
    send(`${auth.url}/oauth/token`, { method: 'POST', headers: { authorization: basic(at) }, body: new URLSearchParams({ grant_type: DEVICE, device_code }) });

  it('is connected by a person who types its code, compares it, logs in and says yes', async () => {
    const at = await newModern(classic);
    const { user_code, device_code, verification_uri } = await begin(at);
    expect(verification_uri).toBe('https://parley.test/auth/device');
    const agent = new Agent(auth.url, BROWSER);

    const ask = await agent.get('/auth/device');
    expect(ask.text).toContain('<h1>Connect a device</h1>');
    const unknown = await agent.post('/auth/device', { ...hiddenFieldsOf(ask.text), user_code: 'XXXX-XXXX' }, FORM_POST);
    expect([unknown.text.includes('role="alert"'), unknown.text.includes('There is no such code')]).toEqual([true, true]);
    const typed = await agent.post('/auth/device', { ...hiddenFieldsOf((await agent.get('/auth/device')).text), user_code: user_code.toLowerCase() }, FORM_POST);
    expect(typed.text).toMatch(new RegExp(`Is this your device[^]*Modern[^]*${user_code}`));
    const login = await follow(agent, await agent.post('/auth/device', { ...hiddenFieldsOf(typed.text), confirm: 'yes' }, FORM_POST));
    expect((await poll(at, device_code)).body.error).toBe('authorization_pending');
    const consent = await follow(agent, await agent.post(/action="([^"]+)"/.exec(login.text)?.[1] ?? '', { ...hiddenFieldsOf(login.text), ...credentials(at) }, FORM_POST));
    const done = await follow(agent, await agent.post(/action="([^"]+)"/.exec(consent.text)?.[1] ?? '', { ...hiddenFieldsOf(consent.text), grant: 'true' }, FORM_POST));

    expect(done.text).toContain('The device is connected');
    const { status, body } = await poll(at, device_code);
    expect([status, claimsOf(body.access_token)['sub']]).toEqual([200, at.user.userId]);
  });

  it('may show an address that holds the code: it is filled in, on a page of ours, and the person sends it', async () => {
    const page = await new Agent(auth.url, BROWSER).get('/auth/device?user_code=AB%22C-DEFG');
    expect([page.status, page.text.includes('value="AB&quot;C-DEFG"'), page.text.includes('<script')]).toEqual([200, true, false]);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  });

  it('is not found by guessing: ten wrong codes from an address, and nothing more is looked up', async () => {
    const { user_code } = await begin(modern);
    const [from, elsewhere] = [{ 'x-forwarded-for': '198.51.100.7' }, { 'x-forwarded-for': '198.51.100.8' }];
    const agent = new Agent(auth.url);
    const type = async (code: string, headers: Record<string, string>) => {
      const { body } = await agent.get('/auth/device');
      return agent.post('/auth/device', { xsrf: String(body['xsrf']), user_code: code }, headers);
    };

    expect(await type(user_code, from)).toMatchObject({ body: { message: 'confirm device' } });
    for (let guess = 0; guess < 10; guess += 1) expect(await type('BBBB-BBBB', from)).toMatchObject({ body: { error: 'There is no such code. Look at the device again.' } });
    expect(await type(user_code, from)).toMatchObject({ status: 429, body: { error: 'too_many_failures' } });
    expect(await type(user_code, elsewhere)).toMatchObject({ body: { message: 'confirm device' } });
  });
});
