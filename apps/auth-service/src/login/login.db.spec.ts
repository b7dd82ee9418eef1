import { operator } from '../admin.fixture.e2e.js';
import { type AuthSystem, startAuth } from '../auth-system.fixture.e2e.js';
import { Agent, asks, BROWSER, type CallApp, FORM_POST, grantOf, hiddenFieldsOf, hop, logIn, newCallApp, type Reply } from '../people.fixture.e2e.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import type { Visitor } from '../visitors/visitor.js';
import { LoginSessions } from './login-sessions.js';

let auth: AuthSystem;
let app: CallApp;
let serial = 0;

beforeAll(async () => {
  auth = await startAuth({ copies: 2, env: { FAILURES_PER_ADDRESS: '1000' } });
  app = await newCallApp(auth);
});
afterAll(() => auth.stop());

/** Failures are counted by account and address. */
const newAddress = () => ({ 'x-forwarded-for': `192.0.2.${(serial += 1)}` });
const program = (): Agent => new Agent(auth.url);
const browser = (): Agent => new Agent(auth.url, { ...BROWSER, ...newAddress() });
const wrong = (at: CallApp) => asks(at, { username: at.user.username, password: 'wrong' });
const right = (at: CallApp) => asks(at, { username: at.user.username, password: at.user.password });
const sessionOf = (agent: Agent): string => agent.cookies.get('parley_session') ?? '';

/** Opens the login page and fills in its form, as a person does. */
async function submit(agent: Agent, typed: Record<string, string>, headers: Record<string, string> = FORM_POST): Promise<Reply> {
  const { text } = await agent.get(hop('/auth/login', asks(app)));
  return agent.post('/auth/login', { ...hiddenFieldsOf(text), ...typed }, headers);
}

const { username, password } = { username: 'ada', password: 'correct horse' };

describe('the login page (P3, P4)', () => {
  it('logs a person in, asks for leave, and goes back to the application', async () => {
    const agent = browser();
    const page = await agent.get(hop('/auth/login', asks(app, { state: 'a"b' })));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'self' https:\/\/app\.test; frame-ancestors 'none'$/);
    for (const [name, value] of Object.entries({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY', vary: 'accept' })) expect([name, page.headers.get(name)]).toEqual([name, value]);
    expect(page.text).toContain('to go on to <strong>Dial</strong>');

    const entered = await submit(agent, { username, password });
    expect([entered.status, entered.location]).toEqual([303, hop('/auth/grant', asks(app))]);

    const consent = await agent.get(entered.location);
    expect(consent.text).toMatch(/<h1>Allow Dial\?<\/h1>[^]*signed in as <strong>ada<\/strong>[^]*<li>place calls in your name[^]*you go on to <strong>app.test<\/strong>/);
    const granted = await agent.post('/auth/grant', { ...hiddenFieldsOf(consent.text), grant: 'true' }, FORM_POST);
    expect([granted.status, granted.location]).toEqual([303, expect.stringMatching(/^https:\/\/app\.test\/back\?code=/)]);
  });

  it('is shown again after a wrong password, with the name and without the password', async () => {
    const again = await submit(browser(), { username: 'ada"<', password: 'very wrong' });

    expect([again.status, again.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(again.text).toMatch(/<div class="alarm" id="alarm" role="alert"><p>Username or password is wrong/);
    expect(again.text).toContain('value="ada&quot;&lt;"');
    expect(again.text).not.toContain('very wrong');
    expect(hiddenFieldsOf(again.text)).toMatchObject(asks(app));
  });

  it('tells a program in JSON', async () => {
    expect(await new Agent(auth.url, { accept: '*/*', ...newAddress() }).post('/auth/login', wrong(app))).toMatchObject({ status: 403, body: { error: 'invalid_credentials' } });
    expect(await program().post('/auth/login', asks(app))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('CSRF (P3)', () => {
  const attacks: [string, Record<string, string>, boolean, string][] = [
    ['foreign Origin', { ...FORM_POST, origin: 'https://evil.test' }, true, 'cross_site'],
    ['cross-site Sec-Fetch-Site', { ...FORM_POST, 'sec-fetch-site': 'cross-site' }, true, 'cross_site'],
    ['missing token from a browser', FORM_POST, false, 'stale_form'],
    ['login CSRF: the form of another browser', FORM_POST, true, 'stale_form'],
  ];

  it.each(attacks)('%s logs nobody in', async (name, headers, withToken, code) => {
    const [victim, attacker] = [browser(), browser()];
    const opener = name.startsWith('login CSRF') ? attacker : victim;
    const { text } = await opener.get(hop('/auth/login', asks(app)));
    await victim.get(hop('/auth/login', asks(app)));
    const { form_token: token = '' } = hiddenFieldsOf(text);

    const answer = await victim.post('/auth/login', { ...right(app), ...(withToken ? { form_token: token } : {}) }, headers);

    expect([answer.status, sessionOf(victim)]).toEqual([403, '']);
    expect(answer.text).toContain(code === 'stale_form' ? 'open for too long' : code);
  });

  it.each(attacks)('%s grants nothing', async (name, headers, withToken, code) => {
    const at = await newCallApp(auth);
    const [victim, attacker] = await Promise.all([logIn(program(), at), logIn(program(), at)]);
    const opener = name.startsWith('login CSRF') ? attacker : victim;
    const { text } = await opener.get(hop('/auth/grant', asks(at)), BROWSER);
    await victim.get(hop('/auth/grant', asks(at)), BROWSER);
    const { form_token: token = '' } = hiddenFieldsOf(text);

    const answer = await victim.post('/auth/grant', asks(at, { grant: 'true', ...(withToken ? { form_token: token } : {}) }), { ...BROWSER, ...headers });

    expect([answer.status, answer.location]).toEqual([403, '']);
    expect(answer.text).toContain(code === 'stale_form' ? 'open for too long' : code);
    expect(await auth.sql('select from oauth_consent where user_id = $1', [at.user.userId])).toEqual([]);
  });

  it('session fixation: the id changes at login, and the old one is worth nothing', async () => {
    const victim = await logIn(program(), app);
    const planted = new Map(victim.cookies);
    await logIn(victim, app);

    expect(sessionOf(victim)).not.toBe(planted.get('parley_session'));
    const attacker = program();
    planted.forEach((value, name) => attacker.cookies.set(name, value));
    expect((await attacker.get(hop('/auth/grant', asks(app)))).location).toBe(hop('/auth/login', asks(app)));
  });

  it('session fixation: an id that nobody gave out does not become a session', async () => {
    const victim = program();
    victim.cookies.set('parley_session', 'planted');
    await logIn(victim, app);

    expect(sessionOf(victim)).not.toBe('planted');
    const attacker = program();
    attacker.cookies.set('parley_session', 'planted');
    expect((await attacker.get(hop('/auth/grant', asks(app)))).status).toBe(302);
  });

  it('is none with a password that was changed while it was checked', async () => {
    const { orgId, clientId: id, user } = await newCallApp(auth);
    const shown = (await auth.get(UsersService).authenticate(orgId, user.username, user.password)) as User;
    await auth.get(UsersService).change(operator, { orgId, userId: user.userId }, { password: 'another' });

    await expect(auth.get(LoginSessions).begin({} as Visitor, shown, { id, orgId })).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('session theft: a session without its signature is none', async () => {
    const victim = await logIn(program(), app);
    const thief = program();
    thief.cookies.set('parley_session', sessionOf(victim));

    expect((await thief.get(hop('/auth/grant', asks(app)))).status).toBe(302);
  });
});

describe('a login (P5)', () => {
  it('is of one org: at another’s application it counts for nothing, and the next login takes its place', async () => {
    const other = await newCallApp(auth);
    const agent = await logIn(program(), app);
    expect((await agent.get(hop('/auth/grant', asks(other)))).location).toBe(hop('/auth/login', asks(other)));
    expect((await grantOf(agent, other)).body).toMatchObject({ error: 'login_required' });

    await logIn(agent, other);
    expect((await agent.get(hop('/auth/grant', asks(app)))).location).toBe(hop('/auth/login', asks(app)));
  });

  it('ends at the logout, in the browser and in the database', async () => {
    const agent = await logIn(program(), app);
    const stolen = new Map(agent.cookies);

    const out = await agent.get('/auth/logout');

    expect([out.status, out.body]).toEqual([200, { message: 'logout complete' }]);
    expect([...agent.cookies.keys()]).toEqual([]);
    stolen.forEach((value, name) => agent.cookies.set(name, value));
    expect((await agent.get(hop('/auth/grant', asks(app)))).status).toBe(302);
    expect((await program().get('/auth/logout')).body).toEqual({ message: 'logout complete' });
    expect((await browser().get('/auth/logout')).text).toContain('<h1>You are signed out</h1>');
  });

  it('does not tell an unknown name from a wrong password, in words or in time', async () => {
    const told = async (name: string): Promise<[string, number]> => {
      const started = performance.now();
      const { status, text } = await new Agent(auth.url, { accept: 'application/json', ...newAddress() }).post('/auth/login', asks(app, { username: name, password: 'wrong' }));
      return [`${status} ${text}`, performance.now() - started];
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const [atKnown, atUnknown] = [await told('ada'), await told(`nobody-${round}`)];
      expect(atKnown[0]).toBe(atUnknown[0]);
      known.push(atKnown[1]);
      unknown.push(atUnknown[1]);
    }
    const median = (times: number[]): number => times.sort((a, b) => a - b)[4] ?? 0;
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5);
    expect(median(unknown) / median(known)).toBeLessThan(2);
  });

  it('is refused after ten failures from an address, right or wrong, at every copy, and nobody else’s is', async () => {
    const at = await newCallApp(auth);
    const headers = newAddress();
    const sixAtOnce = () => Promise.all(Array.from({ length: 6 }, (_, i) => new Agent(auth.instances[i % 2]?.url ?? '').post('/auth/login', wrong(at), headers)));
    const tries = [...(await sixAtOnce()), ...(await sixAtOnce())];
    expect(tries.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(403), 429, 429]);

    const refused = await new Agent(auth.url, BROWSER).post('/auth/login', { ...right(at) }, { ...headers, accept: 'application/json' });
    expect([refused.status, refused.body['error'], Number(refused.headers.get('retry-after')) > 0]).toEqual([429, 'too_many_failures', true]);
    expect((await program().post('/auth/login', right(at), newAddress())).status).toBe(303);
  });

  it('refuses odd input without a fault of ours', async () => {
    const odd = ['', ' ', '\u0000', '\ud7ff\u{10ffff}', "' or 1=1 --", 'x'.repeat(5000), 'ada\r\nset-cookie: a=b'];
    for (const text of odd) {
      expect((await new Agent(auth.url, newAddress()).post('/auth/login', asks(app, { username: text, password: 'x' }))).status).toBe(403);
      expect((await new Agent(auth.url, newAddress()).post('/auth/login', asks(app, { username: 'ada', password: text }))).status).toBe(403);
      expect((await program().get(hop('/auth/grant', asks(app)), { cookie: `parley_session=${encodeURIComponent(text.slice(0, 200))}` })).status).toBe(302);
    }
    const json = await program().post('/auth/login', '{}', { 'content-type': 'application/json' });
    expect(json.status).toBe(415);
  });

  it('leaves no password in the log, the outbox or a table', async () => {
    expect(auth.logs.join('\n')).not.toContain(password);
    expect(await auth.dump()).not.toContain(password);
  });
});
