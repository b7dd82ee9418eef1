import { type AuthSystem, claimsOf, startAuth } from '../auth-system.fixture.e2e.js';
import { operator } from '../admin.fixture.e2e.js';
import { RegistrationsService } from '../registrations/registrations.service.js';
import { Agent, asks, type CallApp, codeIn, exchangeOf, fragmentOf, grantOf, hop, logIn, newCallApp } from '../people.fixture.e2e.js';

let auth: AuthSystem;
let app: CallApp;

beforeAll(async () => {
  auth = await startAuth();
  app = await newCallApp(auth);
});
afterAll(() => auth.stop());

const program = (): Agent => new Agent(auth.url);
const credentials = ({ user: { username, password } }: CallApp) => ({ username, password });
const loggedIn = (at: CallApp = app): Promise<Agent> => logIn(program(), at);

describe('the flow, hop by hop, as a program goes it', () => {
  it('gives a token for a code (P1, P2)', async () => {
    const at = await newCallApp(auth);
    const agent = program();

    const begun = await agent.get(hop('/oauth/auth', asks(at)));
    expect([begun.status, begun.location]).toEqual([302, hop('/auth/login', asks(at))]);

    const login = await agent.get(begun.location);
    expect([login.status, login.body]).toEqual([200, { ...asks(at), message: 'login' }]);

    const entered = await agent.post('/auth/login', asks(at, credentials(at)));
    expect([entered.status, entered.location]).toEqual([303, hop('/auth/grant', asks(at))]);
    expect(entered.headers.getSetCookie().join('\n')).toMatch(/^parley_session=[^;]+; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/im);

    const grant = await agent.get(entered.location);
    expect([grant.status, grant.body]).toEqual([200, { ...asks(at), message: 'grant' }]);

    const granted = await grantOf(agent, at);
    expect([granted.status, granted.location]).toEqual([303, expect.stringMatching(/^https:\/\/app\.test\/back\?code=[\w-]{20,}$/)]);

    const redeemed = await program().get(exchangeOf(at, codeIn(granted)));
    expect([redeemed.status, redeemed.location]).toEqual([303, expect.stringMatching(/^https:\/\/app\.test\/back#access_token=[\w.-]+&token_type=Bearer&expires_in=3600$/)]);
    expect([redeemed.headers.get('cache-control'), redeemed.headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
    const claims = claimsOf(fragmentOf(redeemed).get('access_token') ?? '');
    expect(claims).toMatchObject({ iss: 'https://parley.test', aud: 'urn:parley:api', sub: at.user.userId, userId: at.user.userId, client_id: at.clientId, org_id: at.orgId, scope: 'call' });
    expect([3599, 3600]).toContain(Number(claims['exp']) - Number(claims['iat'])); // the engine reads the clock twice
  });

  it('gives a token at once where the switch says so (P1.6)', async () => {
    const agent = await loggedIn();
    const implicit = asks(app, { response_type: 'token', state: 'a b&c' });

    const granted = await agent.post('/auth/grant', { ...implicit, grant: 'true' });

    expect([granted.status, granted.location]).toEqual([303, expect.stringMatching(/^https:\/\/app\.test\/back#access_token=[\w.-]+&token_type=Bearer&expires_in=3600&state=a%20b%26c$/)]);
    expect(claimsOf(fragmentOf(granted).get('access_token') ?? '')).toMatchObject({ sub: app.user.userId, client_id: app.clientId, scope: 'call' });
    expect(await auth.sql(`select model from oauth_artifact where model = 'RefreshToken' and payload->>'accountId' = $1`, [app.user.userId])).toEqual([]);
  });

  it('carries the state through every hop, and nothing that it does not know (P1.4)', async () => {
    const at = await newCallApp(auth);
    const agent = program();
    const asked = asks(at, { state: 'x=1&y#z' });

    const begun = await agent.get(hop('/oauth/auth', { ...asked, nonce: 'n', foo: 'bar' }));
    expect(begun.location).toBe(hop('/auth/login', asked));
    expect((await agent.get(begun.location)).body).toEqual({ ...asked, message: 'login' });
    expect((await agent.post('/auth/login', { ...asked, ...credentials(at), foo: 'bar' })).location).toBe(hop('/auth/grant', asked));
    expect((await agent.post('/auth/grant', { ...asked, grant: 'true', foo: 'bar' })).location).toMatch(/^https:\/\/app\.test\/back\?code=[\w-]+&state=x%3D1%26y%23z$/);
  });

  it('asks whoever is not logged in to do so, and does not ask again (P1.5)', async () => {
    const away = await program().get(hop('/auth/grant', asks(app)));
    expect([away.status, away.location]).toEqual([302, hop('/auth/login', asks(app))]);

    const again = await (await loggedIn()).get(hop('/auth/login', asks(app)));
    expect([again.status, again.location]).toEqual([303, hop('/auth/grant', asks(app))]);
  });

  it('is refused a yes of nobody (P1.6)', async () => {
    expect(await grantOf(program(), app)).toMatchObject({ status: 403, location: '', body: { error: 'login_required' } });
  });

  it.each<[string, Record<string, string>, string]>([
    ['no', { grant: 'false' }, 'https://app.test/back?error=access_denied'],
    ['nothing', {}, 'https://app.test/back?error=access_denied'],
    ['something else', { grant: 'TRUE' }, 'https://app.test/back?error=access_denied'],
    ['no, for a token', { grant: 'false', response_type: 'token', state: 's' }, 'https://app.test/back#error=access_denied&state=s'],
  ])('takes %s for a no (P1.6)', async (_what, fields, location) => {
    const answer = await (await loggedIn()).post('/auth/grant', asks(app, fields));
    expect([answer.status, answer.location]).toEqual([303, location]);
  });

  it('remembers a yes for this application and this user (P1.5)', async () => {
    const at = await newCallApp(auth);
    const agent = await loggedIn(at);
    await grantOf(agent, at);

    const again = await agent.get(hop('/auth/grant', asks(at, { state: 's' })));
    expect([again.status, again.location]).toEqual([303, expect.stringMatching(/^https:\/\/app\.test\/back\?code=[\w-]+&state=s$/)]);
    expect((await agent.get(hop('/auth/grant', asks(at, { response_type: 'token' })))).location).toMatch(/#access_token=/);

    const { clientId } = await auth.get(RegistrationsService).register(operator, at.orgId, { name: 'Other', clickToCall: 'code', redirectUris: [at.redirectUri] });
    expect((await agent.get(hop('/auth/grant', asks({ ...at, clientId })))).body).toMatchObject({ message: 'grant' });
  });

  it('is recorded: logins, consents, tokens without a code (P5)', async () => {
    const at = await newCallApp(auth);
    const agent = await loggedIn(at);
    await agent.post('/auth/login', asks(at, { username: at.user.username, password: 'the wrong one' }));
    await grantOf(agent, at, { response_type: 'token' });
    await agent.post('/auth/grant', asks(at, { grant: 'false' }));
    await agent.get('/auth/logout');

    const told = await auth.sql<{ act: string }>(`select envelope::jsonb->'data'->>'act' as act from outbox where org_id = $1 order by id`, [at.orgId]);
    expect(told.map(({ act }) => act).slice(3)).toEqual(['login.succeeded', 'login.failed', 'token.issued-implicitly', 'consent.given', 'consent.denied', 'login.ended']);
    expect(JSON.stringify(await auth.sql('select * from outbox'))).not.toContain('the wrong one');
  });
});
