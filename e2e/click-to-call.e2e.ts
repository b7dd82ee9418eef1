import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { administer, eventually, notYet, sharedSystem, type SharedSystem } from '@parley/testing';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

let system: SharedSystem;
let app: CallApp;

interface CallApp {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

const user = { username: 'demo', password: 'correct horse battery' };

beforeAll(async () => {
  system = await sharedSystem('Click to call');
  app = await registerApp();
}, 120_000);

const make = <Body>(what: string, body: object): Promise<Body> => administer<Body>(system, `/orgs/${system.orgId}/${what}`, body);

/** As the demo stack registers it. */
async function registerApp(redirectUri = `${system.baseUrl}/test`): Promise<CallApp> {
  const wishes = { name: 'Demo application', clickToCall: 'implicit', queryToken: true, redirectUris: [redirectUri] };
  await make('users', user).catch(() => undefined);
  return { ...(await make<{ clientId: string; clientSecret: string }>('clients', wishes)), redirectUri };
}

const asks = (responseType: string): string =>
  new URLSearchParams({ client_id: app.clientId, response_type: responseType, redirect_uri: app.redirectUri, scope: 'call' }).toString();
const claimsOf = (jwt: string): Record<string, unknown> => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('the documented flow, through the gateway', () => {
  const cookies = new Map<string, string>();
  const ask = async (path: string, form?: Record<string, string>) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, system.baseUrl), { redirect: 'manual', headers: { cookie }, ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}) });
    for (const line of response.headers.getSetCookie()) cookies.set(...(line.split(';')[0]?.split('=') as [string, string]));
    const text = await response.text();
    return { status: response.status, location: response.headers.get('location') ?? '', headers: response.headers, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, string> };
  };
  const fields = (responseType: string) => Object.fromEntries(new URLSearchParams(asks(responseType)));

  it('goes from the application to a token with the scope call, which /test shows, until the code is used again (P1, P2, P6)', async () => {
    const begun = await ask(`/oauth/auth?${asks('code')}`);
    expect([begun.status, begun.location]).toEqual([302, `/auth/login?${asks('code')}`]);
    expect((await ask(begun.location)).body['message']).toBe('login');
    const entered = await ask('/auth/login', { ...fields('code'), ...user });
    expect([entered.status, entered.location]).toEqual([303, `/auth/grant?${asks('code')}`]);
    expect((await ask(entered.location)).body['message']).toBe('grant');
    const granted = await ask('/auth/grant', { ...fields('code'), grant: 'true' });
    expect(granted.location).toMatch(/\/test\?code=[\w-]+$/);

    const { code = '' } = (await ask(granted.location)).body;
    expect(granted.location).toBe(`${app.redirectUri}?code=${code}`);
    const exchange = new URLSearchParams({ client_id: app.clientId, client_secret: app.clientSecret, code, redirect_uri: app.redirectUri, grant_type: 'authorization_code' });
    const redeemed = await ask(`/oauth/token?${exchange.toString()}`);
    expect([redeemed.status, redeemed.headers.get('cache-control'), redeemed.headers.get('referrer-policy')]).toEqual([303, 'no-store', 'no-referrer']);

    const shown = (await ask(redeemed.location)).body;
    expect(shown).toEqual({ token: expect.any(String), expire: '3600' });
    expect(claimsOf(shown['token'] ?? '')).toMatchObject({ iss: system.baseUrl, scope: 'call', client_id: app.clientId, org_id: system.orgId });
    const opened = async (): Promise<number> => (await fetch(`${system.baseUrl}/v1`, { headers: { authorization: `Bearer ${shown['token']}` } })).status;
    expect(await opened()).toBe(403); // a good token, without the scope of that API

    expect((await ask(`/oauth/token?${exchange.toString()}`)).status).toBe(403);
    await eventually(async () => (await opened()) === 401 || notYet('the token of a code that was used twice still works'), { timeoutMs: 1_000 });
    expect((await ask(`/auth/grant?${asks('code')}`)).location).toContain('?code='); // the yes is remembered
  });

  it('gives a token at once (P1.6)', async () => {
    const { status, location } = await ask(`/auth/grant?${asks('token')}`);
    expect([status, location]).toEqual([303, expect.stringMatching(/\/test#access_token=[\w.-]+&token_type=Bearer&expires_in=3600$/)]);
  });

  it('ends with the logout (P5.4)', async () => {
    expect((await ask('/auth/logout')).body).toEqual({ message: 'logout complete' });
    expect((await ask(`/auth/grant?${asks('code')}`)).status).toBe(302);
  });

  it('leaves no secret, code or token in a log', async () => {
    const logs = (await system.logs()).map(({ text }) => text).join('\n');
    expect(logs).not.toMatch(/access_token=|client_secret=|[?&]code=/);
    for (const secret of [app.clientSecret, user.password]) expect(logs).not.toContain(secret);
  });
});

const binary = [process.env['CHROMIUM_BIN'], ...(process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))].find(
  (path) => path !== undefined && existsSync(path),
);

(binary ? describe : describe.skip)('the pages, in Chromium (P4; skipped where there is none)', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the browser complained of: scripts, CSP, what could not be loaded. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: binary ?? '', args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    complaints = [];
    app = await registerApp();
    context = await browser.newContext({ viewport: { width: 320, height: 640 } });
    page = await context.newPage();
    page.on('console', (message) => message.location().url.endsWith('/favicon.ico') || complaints.push(message.text())); // of /test, which is no page
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${system.baseUrl}/oauth/auth?${asks('code')}`);
  });
  afterEach(() => context.close());

  const picture = async (name: string): Promise<void> => {
    const folder = process.env['PARLEY_PICTURES'];
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
  };
  const shown = async (): Promise<Record<string, string>> => JSON.parse((await page.textContent('body')) ?? '') as Record<string, string>;
  const fitsIn = (): Promise<boolean> => page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');

  it('lead from login and consent to an application at another origin, which Chromium lets them', async () => {
    app = await registerApp(`${system.baseUrl.replace('127.0.0.1', 'localhost')}/test`);
    await page.goto(`${system.baseUrl}/oauth/auth?${asks('code')}`);
    expect([await page.title(), await fitsIn()]).toEqual(['Sign in', true]);
    await picture('login');
    await page.getByLabel('Username').fill(user.username);
    await page.getByLabel('Password').fill(user.password);
    await page.getByRole('button', { name: 'Sign in' }).click();

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Allow Demo application?');
    expect(await fitsIn()).toBe(true);
    await picture('consent');
    await page.getByRole('button', { name: 'Allow' }).click();

    await page.waitForURL(`${app.redirectUri}?code=*`);
    expect((await shown())['code']).toMatch(/^[\w-]+$/);
    expect(complaints).toEqual([]);
  });

  it('ask again after a wrong password, and say why', async () => {
    await page.getByLabel('Username').fill(user.username);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();

    expect(await page.getByRole('alert').textContent()).toContain('Username or password is wrong');
    expect([await page.getByLabel('Username').inputValue(), await page.getByLabel('Password').inputValue()]).toEqual([user.username, '']);
    await picture('login-again');
    await page.getByLabel('Password').fill(user.password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(`${app.redirectUri}?error=access_denied`);
    expect(await shown()).toEqual({ error: 'access_denied' });
    expect(complaints.filter((text) => !text.includes('403'))).toEqual([]);
  });

  it('need no mouse, in dark as in light', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.keyboard.type(user.username); // the first field has the focus
    await page.keyboard.press('Tab');
    await page.keyboard.type(user.password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    await picture('consent-dark');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${app.redirectUri}?code=*`);

    await page.goto(`${system.baseUrl}/auth/logout`);
    expect(await page.getByRole('status').textContent()).toContain('You can close this page');
    await picture('signed-out-dark');
    await page.goto(`${system.baseUrl}/auth/device`);
    await picture('device-dark');
    expect(complaints).toEqual([]);
  });

  it('tell a person why it does not go on', async () => {
    await page.goto(`${system.baseUrl}/auth/login?${asks('code').replace('test', 'tset')}`);
    expect(await page.getByRole('alert').textContent()).toContain('redirect_uri is not one that is registered');
    await picture('refusal');
  });
});
