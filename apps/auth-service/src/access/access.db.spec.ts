import { exchangeOpaqueToken, registerOrg } from '@parley/dto';
import { AccessTokenVerifier, type SigningKey } from '@parley/jwt';
import { KeyRing } from '@parley/persistence';
import { REQUEST_BUDGET_MS, withRequest } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { eventually, notYet } from '@parley/testing';
import { decodeProtectedHeader } from 'jose';
import { newAdmin, operator, OPERATOR_TOKEN } from '../admin.fixture.e2e.js';
import { type AuthSystem, claimsOf, startAuth } from '../auth-system.fixture.e2e.js';
import { bySystem } from '../audit/record-act.js';
import { noteOf } from '../keys/access-keys.js';
import { OrgTokensService } from '../org-tokens/org-tokens.service.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { OperatorToken } from './operator-token.js';

let auth: AuthSystem;
let orgId: string;

beforeAll(async () => {
  auth = await startAuth({ env: { PARLEY_ADMIN_TOKEN: OPERATOR_TOKEN } });
  ({ orgId } = await auth.get(OrgsService).register(operator, 'Clinic'));
});
afterAll(() => auth.stop());

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

describe('the operator’s token, guessed', () => {
  const from = (clientAddress: string, token: string) => {
    const request = { requestId: 'a-guess', deadline: Date.now() + REQUEST_BUDGET_MS, clientAddress };
    return withRequest(request, () => exchange(token)).then(() => 200, ({ code }: { code: string }) => code);
  };

  it('is refused from the eleventh time on, and so is the right one then, from that address', async () => {
    const outcomes = [];
    for (let n = 0; n < 11; n += 1) outcomes.push(await from('192.0.2.1', `a-guess-number-${n}`));
    expect(outcomes).toEqual([...Array<string>(10).fill('token.invalid'), 'too_many_failures']);
    expect([await from('192.0.2.1', OPERATOR_TOKEN), await from('192.0.2.2', OPERATOR_TOKEN)]).toEqual(['too_many_failures', 200]);
  });

  it('is not what a token of an org is taken for, nor what can be no token', async () => {
    for (let n = 0; n < 12; n += 1) {
      expect(await from('192.0.2.3', `prl_org_${'B'.repeat(43)}`)).toBe('token.invalid');
      expect(await from('192.0.2.3', 'undefined')).toBe('token.invalid');
    }
    expect(await from('192.0.2.3', OPERATOR_TOKEN)).toBe(200);
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

  it('takes what it was exchanged for along when it is revoked', async () => {
    const { token, tokenId } = await tokens().issue(operator, orgId, 'Server');
    await exchange(token);
    await tokens().revoke(operator, { orgId, tokenId });

    expect((await auth.get(RevocationsService).list({})).revocations).toContainEqual(expect.objectContaining({ kind: 'client', key: tokenId }));
  });

  it('is exchanged by the clock of the database, for what is signed with the key of today', async () => {
    const { token } = await tokens().issue(operator, orgId, 'Server');
    await auth.sql(`insert into clock_offset (ahead) values ('20 seconds')`);
    const [clock] = await auth.sql<{ now: number }>('select floor(extract(epoch from parley_now()))::bigint as now');
    const before = (await exchange(token)).accessToken;
    await auth.sql('delete from clock_offset');
    const { kid } = await auth.get<KeyRing<SigningKey>>(KeyRing).replace(noteOf(bySystem('spec')));

    expect(Number(claimsOf(before)['iat']) - (clock?.now ?? 0)).toBeLessThan(15);
    expect(Number(claimsOf(before)['iat'])).toBeGreaterThanOrEqual(clock?.now ?? Infinity);
    await eventually(async () => decodeProtectedHeader((await exchange(token)).accessToken).kid === kid || notYet('the old key signs'));
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
