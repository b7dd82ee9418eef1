import { hashOfJti } from '@parley/jwt';
import { type AuthSystem, claimsOf, send, startAuth } from '../auth-system.fixture.e2e.js';
import { operator } from '../admin.fixture.e2e.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { Agent, asks, type CallApp, codeIn, exchangeOf, fragmentOf, grantOf, hop, logIn, newCallApp, newCode, type Reply } from '../people.fixture.e2e.js';
import { RegistrationsService } from '../registrations/registrations.service.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { UsersService } from '../users/users.service.js';

const OTHER_BACK = 'https://app.test/other';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'; // RFC 7636, appendix B
const CHALLENGE = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };

let auth: AuthSystem;
let app: CallApp;

beforeAll(async () => {
  auth = await startAuth({ copies: 2 });
  app = await newCallApp(auth, { redirectUris: ['https://app.test/back', OTHER_BACK] });
});
afterAll(() => auth.stop());

const redeem = (code: string, more: Record<string, string> = {}, at: CallApp = app, copy = 0): Promise<Reply> => new Agent(auth.instances[copy]?.url ?? '').get(exchangeOf(at, code, more));
const newCodeOf = (at: CallApp = app, more: Record<string, string> = {}): Promise<string> => newCode(auth.url, at, more);
const tokenIn = (reply: Reply): string => fragmentOf(reply).get('access_token') ?? '';
const isRevoked = async (token: string): Promise<boolean> =>
  (await auth.get(RevocationsService).list({})).revocations.some(({ kind, key }) => kind === 'token' && key === hashOfJti(String(claimsOf(token)['jti'])));
const post = (at: CallApp, fields: Record<string, string>) =>
  send(`${auth.url}/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', client_id: at.clientId, client_secret: at.secret, redirect_uri: at.redirectUri, ...fields }) });
const later = (seconds: number) => auth.sql(`insert into clock_offset (ahead) values (make_interval(secs => $1))`, [seconds]);
const now = () => auth.sql('delete from clock_offset');

describe('a code (P2)', () => {
  it('gives one token, however many redeem it at once at two copies, and none in the end', async () => {
    const code = await newCodeOf();

    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => redeem(code, {}, app, i % 2)));

    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(19).fill(403)]);
    const given = answers.find(({ status }) => status === 303) as Reply;
    expect(await isRevoked(tokenIn(given))).toBe(true);
  });

  it('used twice ends what it gave, and nothing else: neither other authorizations nor the consent', async () => {
    const agent = await logIn(new Agent(auth.url), app);
    const [first, second] = [codeIn(await grantOf(agent, app)), codeIn(await grantOf(agent, app))];
    const [stolen, other] = [tokenIn(await redeem(first)), tokenIn(await redeem(second))];
    expect(await isRevoked(stolen)).toBe(false);

    const again = await redeem(first);

    expect([again.status, again.body['error'], again.location]).toEqual([403, 'access_denied', '']);
    expect([await isRevoked(stolen), await isRevoked(other)]).toEqual([true, false]);
    expect((await agent.get(hop('/auth/grant', asks(app)))).location).toMatch(/\?code=/);
    const acts = await auth.sql<{ act: string }>(`select envelope::jsonb->'data'->>'act' as act from outbox where org_id = $1`, [app.orgId]);
    expect(acts.map(({ act }) => act)).toContain('code.replayed');
  });

  it('is over after a minute', async () => {
    const [early, late] = [await newCodeOf(), await newCodeOf()];
    await later(55);
    expect((await redeem(early)).status).toBe(303);
    await now();
    await later(61);
    expect((await redeem(late)).status).toBe(403);
    await now();
  });

  it.each<[string, (code: string) => Promise<Reply>]>([
    ['another client', async (code) => redeem(code, {}, await newCallApp(auth))],
    ['another redirect_uri', (code) => redeem(code, { redirect_uri: OTHER_BACK })],
    ['a wrong secret', (code) => redeem(code, { client_secret: 'x' })],
  ])('is nothing to %s', async (_what, attempt) => {
    const code = await newCodeOf();
    expect((await attempt(code)).status).toBe(403);
    expect((await redeem(code)).status).toBe(303);
  });

  it('is bound to its challenge', async () => {
    const bound = () => newCodeOf(app, CHALLENGE);
    expect((await redeem(await bound())).status).toBe(403);
    expect((await redeem(await bound(), { code_verifier: VERIFIER.replace('d', 'e') })).status).toBe(403);
    expect((await redeem(await bound(), { code_verifier: VERIFIER })).status).toBe(303);
    expect((await redeem(await newCodeOf(), { code_verifier: VERIFIER })).status).toBe(403); // RFC 9700, 4.8.2: downgrade
  });

  it('gives no refresh token by way of an address', async () => {
    const at = await newCallApp(auth);
    expect((await redeem(await newCodeOf(at), {}, at)).status).toBe(303);
    expect(await auth.sql(`select from oauth_artifact where model = 'RefreshToken' and client_id = $1`, [at.clientId])).toEqual([]);
  });

  it('is redeemed at the token endpoint as well, with a refresh token (P2)', async () => {
    const { status, body } = await post(app, { code: await newCodeOf() });

    expect([status, body]).toEqual([200, { access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'Bearer', expires_in: 3600, scope: 'call' }]);
    const refreshed = await post(app, { grant_type: 'refresh_token', refresh_token: body.refresh_token });
    expect([refreshed.status, claimsOf(refreshed.body.access_token)['sub']]).toEqual([200, app.user.userId]);
  });

  it('used twice there ends the refresh token too', async () => {
    const code = await newCodeOf();
    const { body } = await post(app, { code });

    expect(await post(app, { code })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await isRevoked(body.access_token)).toBe(true);
    expect(await post(app, { grant_type: 'refresh_token', refresh_token: body.refresh_token })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

describe('whoever is disabled (P5)', () => {
  it.each<[string, (at: CallApp) => Promise<unknown>, (at: CallApp) => Promise<unknown>]>([
    ['a user', (at) => auth.get(UsersService).change(operator, { orgId: at.orgId, userId: at.user.userId }, { active: false }), (at) => auth.get(UsersService).change(operator, { orgId: at.orgId, userId: at.user.userId }, { active: true })],
    ['a client', (at) => auth.get(RegistrationsService).change(operator, at, { active: false }), (at) => auth.get(RegistrationsService).change(operator, at, { active: true })],
    ['an org', (at) => auth.get(OrgsService).change(operator, at.orgId, { active: false }), (at) => auth.get(OrgsService).change(operator, at.orgId, { active: true })],
  ])('%s: codes end for ever, and so does the way to new ones while it lasts', async (who, disable, enable) => {
    const at = await newCallApp(auth);
    const agent = await logIn(new Agent(auth.url), at);
    const code = codeIn(await grantOf(agent, at));
    await disable(at);
    await new Promise((resolve) => setTimeout(resolve, 550)); // as long as a client is remembered

    expect((await redeem(code, {}, at)).status).toBe(403);
    expect((await agent.get(hop('/auth/grant', asks(at)))).location).not.toContain('code=');
    expect((await grantOf(agent, at)).status).toBe(403);

    await enable(at);
    await new Promise((resolve) => setTimeout(resolve, 550));
    expect((await redeem(code, {}, at)).status).toBe(403);
    if (who !== 'a client') expect((await agent.get(hop('/auth/grant', asks(at)))).location).toBe(hop('/auth/login', asks(at)));
  });

  it.each(['update app_user set active = false where id = $1', 'update org set active = false where id = (select org_id from app_user where id = $1)'])(
    'a login that was left behind is none (%s)',
    async (disable) => {
      const at = await newCallApp(auth);
      const agent = await logIn(new Agent(auth.url), at);
      await auth.sql(disable, [at.user.userId]); // at once: the client is remembered to be active

      expect((await agent.get(hop('/auth/grant', asks(at)))).location).not.toContain('code=');
      expect((await grantOf(agent, at)).body).toMatchObject({ error: 'login_required' });
    },
  );

  it('a user who gets another password is logged out everywhere', async () => {
    const at = await newCallApp(auth);
    const agent = await logIn(new Agent(auth.url), at);
    await auth.get(UsersService).change(operator, { orgId: at.orgId, userId: at.user.userId }, { password: 'another' });

    expect((await agent.get(hop('/auth/grant', asks(at)))).location).toBe(hop('/auth/login', asks(at)));
  });
});
