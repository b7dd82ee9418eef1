import { exchangeOpaqueToken, registerOrg } from '@parley/dto';
import { AccessTokenVerifier } from '@parley/jwt';
import { REQUEST_BUDGET_MS, withRequest } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { newAdmin, operator, OPERATOR_TOKEN } from '../admin.fixture.e2e.js';
import { type AuthSystem, claimsOf, startAuth } from '../auth-system.fixture.e2e.js';
import { OrgTokensService } from '../org-tokens/org-tokens.service.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { OperatorToken } from './operator-token.js';

let auth: AuthSystem;
let orgId: string;

beforeAll(async () => {
  auth = await startAuth({ env: { PARLEY_ADMIN_TOKEN: OPERATOR_TOKEN } });
  ({ orgId } = await auth.get(OrgsService).register(operator, 'Clinic'));
}, 30_000);
afterAll(() => auth.stop(), 30_000);

const tokens = () => auth.get(OrgTokensService);
const exchange = (token: string) => auth.get(RpcClient).call(exchangeOpaqueToken, { token });
const actorOf = async (token: string) => auth.get(AccessTokenVerifier).verify((await exchange(token)).accessToken);
const refused = { kind: 'unauthenticated', code: 'token.invalid' };

describe('the operator’s token', () => {
  it('is exchanged for an access token of a minute that reaches every org', async () => {
    const { accessToken, expiresIn } = await exchange(OPERATOR_TOKEN);

    expect(expiresIn).toBe(60);
    const { iat, exp, scope, iss } = claimsOf(accessToken) as { iat: number; exp: number; scope: string; iss: string };
    expect([exp - iat, scope, iss]).toEqual([60, 'admin', 'https://parley.test']);
    expect(await actorOf(OPERATOR_TOKEN)).toEqual(operator);
    const request = { requestId: 'as-the-operator', deadline: Date.now() + REQUEST_BUDGET_MS, authorization: `Bearer ${accessToken}` };
    expect(await withRequest(request, () => auth.get(RpcClient).call(registerOrg, { name: 'By the operator' }))).toMatchObject({ name: 'By the operator', active: true });
  });

  it.each(['', 'x', OPERATOR_TOKEN.slice(0, -1), `${OPERATOR_TOKEN}x`, OPERATOR_TOKEN.toUpperCase(), ` ${OPERATOR_TOKEN}`])('is not %j', async (text) => {
    await expect(exchange(text)).rejects.toMatchObject(refused);
  });

  it('does not exist unless it is set', () => {
    const none = new OperatorToken(undefined);

    expect([none.is(''), none.is('undefined')]).toEqual([false, false]);
  });

  it('is in no log and no table', async () => {
    await exchange(OPERATOR_TOKEN);

    expect(auth.logs.join('\n')).not.toContain(OPERATOR_TOKEN);
    expect(await auth.dump()).not.toContain(OPERATOR_TOKEN);
  });
});

describe('an org token', () => {
  it('is 32 random bytes, stands for its org, and administers nothing', async () => {
    const { token, tokenId } = await tokens().issue(operator, orgId, 'Server');

    expect(token).toMatch(/^prl_org_[\w-]{43}$/);
    expect(await actorOf(token)).toEqual({ kind: 'access', orgId, clientId: tokenId, subject: tokenId, scopes: ['coviu-enterprise-api'] });
  });

  it('is told once and kept as a hash', async () => {
    const { token, ...rest } = await tokens().issue(operator, orgId, 'Server');

    expect(await tokens().read(operator, rest)).toEqual(rest);
    const dump = await auth.dump();
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(token.slice('prl_org_'.length));
    expect(auth.logs.join('\n')).not.toContain(token);
  });

  it('is over for ever once it is revoked; so it is while its org is disabled', async () => {
    const first = await tokens().issue(operator, orgId, 'First');
    const { client } = await newAdmin(auth);
    const second = await tokens().issue(operator, client.orgId, 'Second');
    await exchange(second.token);

    const revoked = await tokens().revoke(operator, { orgId, tokenId: first.tokenId });
    await auth.get(OrgsService).change(operator, client.orgId, { active: false });

    expect(revoked.active).toBe(false);
    expect(await tokens().revoke(operator, { orgId, tokenId: first.tokenId })).toEqual(revoked);
    await expect(exchange(first.token)).rejects.toMatchObject(refused);
    await expect(exchange(second.token)).rejects.toMatchObject(refused);
  });

  it('that nobody made is refused like any other', async () => {
    await expect(exchange(`prl_org_${'A'.repeat(43)}`)).rejects.toMatchObject(refused);
    await expect(exchange(`prl_org_${'A'.repeat(42)}\u0000`)).rejects.toMatchObject(refused);
  });

  it('of another org is as if it were not there', async () => {
    const { tokenId } = await tokens().issue(operator, orgId, 'Server');
    const { actor } = await newAdmin(auth);

    await expect(tokens().revoke(actor, { orgId, tokenId })).rejects.toMatchObject({ code: 'org.not_found' });
    await expect(tokens().revoke(actor, { orgId: actor.orgId, tokenId })).rejects.toMatchObject({ code: 'org_token.not_found' });
  });
});
