import { actRecorded, exchangeOpaqueToken, type RevocationWish, revokeTokens } from '@parley/dto';
import { hashOfJti } from '@parley/jwt';
import { REQUEST_BUDGET_MS, withRequest } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { newAdmin, operator, OPERATOR_TOKEN } from '../admin.fixture.e2e.js';
import { askToken, type AuthSystem, claimsOf, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { UsersService } from '../users/users.service.js';
import { RevokingService } from './revoking.service.js';

let auth: AuthSystem;
let client: TestClient;
let userId: string;
const ABSENT = '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e';

beforeAll(async () => {
  auth = await startAuth({ env: { PARLEY_ADMIN_TOKEN: OPERATOR_TOKEN } });
  client = await auth.newClient();
  ({ userId } = await auth.get(UsersService).register(operator, client.orgId, { username: 'ann', password: 'a-password' }));
});
afterAll(() => auth.stop());

const grant = async (who = client) => (await askToken(auth.url, who, { grant_type: 'client_credentials' })).body;
const jtiOf = ({ access_token }: { access_token: string }): string => String(claimsOf(access_token)['jti']);
const revoke = (wish: RevocationWish, { actor = operator, orgId = client.orgId } = {}) => auth.get(RevokingService).revoke(actor, orgId, wish);
const revoked = async () => (await auth.get(RevocationsService).list({})).revocations.map(({ kind, key }) => `${kind} ${key}`);
const refresh = ({ refresh_token }: { refresh_token: string }, who = client) => askToken(auth.url, who, { grant_type: 'refresh_token', refresh_token });

describe('An administrator ends', () => {
  it('one access token by its jti, and leaves its refresh token', async () => {
    const token = await grant();
    expect(await revoke({ kind: 'token', id: jtiOf(token) })).toEqual({ kind: 'token', id: jtiOf(token) });
    expect(await revoked()).toContain(`token ${hashOfJti(jtiOf(token))}`);
    expect((await refresh(token)).status).toBe(200);
  });

  it('an authorization by one of its tokens, with all of them', async () => {
    const first = await grant();
    const second = (await refresh(first)).body;
    await revoke({ kind: 'grant', id: jtiOf(second) });
    expect(await revoked()).toEqual(expect.arrayContaining([`token ${hashOfJti(jtiOf(first))}`, `token ${hashOfJti(jtiOf(second))}`]));
    expect((await refresh(second)).body.error).toBe('invalid_grant');
  });

  it.each([
    ['client', () => client.clientId],
    ['user', () => userId],
  ] as const)('what a %s was given, twice the same, and disables nobody', async (kind, id) => {
    for (let n = 0; n < 2; n += 1) expect(await revoke({ kind, id: id() })).toEqual({ kind, id: id() });
    expect(await revoked()).toContain(`${kind} ${id()}`);
    expect((await grant()).access_token).toBeDefined();
  });

  it('everything in an org', async () => {
    const other = await auth.newClient();
    const token = await grant(other);
    expect(await revoke({ kind: 'org' }, { orgId: other.orgId })).toEqual({ kind: 'org', id: other.orgId });
    expect(await revoked()).toContain(`org ${other.orgId}`);
    expect((await refresh(token, other)).body.error).toBe('invalid_grant');
  });

  it('I.2: once under one key: what was had in between lives on, and another request under it is refused', async () => {
    const { accessToken } = await auth.get(RpcClient).call(exchangeOpaqueToken, { token: OPERATOR_TOKEN });
    const other = await auth.newClient();
    const ask = async (fingerprint: string, wish: RevocationWish) => {
      const idempotency = { key: `revoke ${other.orgId}`, fingerprint, replayed: false };
      const request = { requestId: 'revoke', deadline: Date.now() + REQUEST_BUDGET_MS, authorization: `Bearer ${accessToken}`, idempotency };
      return [await withRequest(request, () => auth.get(RpcClient).call(revokeTokens, { orgId: other.orgId, wish })), idempotency.replayed];
    };
    const written = () => auth.sql('select * from revocation where key = $1', [other.orgId]);
    const answer = { kind: 'org', id: other.orgId };

    expect(await ask('the first', { kind: 'org' })).toEqual([answer, false]);
    const [before, between] = [await written(), await grant(other)];
    expect(await ask('the first', { kind: 'org' })).toEqual([answer, true]);
    await expect(ask('another', { kind: 'client', id: other.clientId })).rejects.toMatchObject({ kind: 'unprocessable', code: 'idempotency.mismatch' });

    expect([before.length, await written()]).toEqual([1, before]);
    expect((await refresh(between, other)).status).toBe(200);
  });

  it('nothing of another org: as if it were not there', async () => {
    const { actor, client: admin } = await newAdmin(auth);
    const mine = { actor, orgId: admin.orgId };
    const token = await grant();
    const codes = async (ids: { jti: string; clientId: string; userId: string }) =>
      Promise.all(
        [revoke({ kind: 'token', id: ids.jti }, mine), revoke({ kind: 'grant', id: ids.jti }, mine), revoke({ kind: 'client', id: ids.clientId }, mine), revoke({ kind: 'user', id: ids.userId }, mine)].map((done) =>
          done.then(() => 'done', (error: unknown) => JSON.stringify(error)),
        ),
      );
    const foreign = await codes({ jti: jtiOf(token), clientId: client.clientId, userId });
    expect(foreign).toEqual(await codes({ jti: 'no-such-token', clientId: 'no-such-client', userId: ABSENT }));
    expect(foreign.map((text) => (JSON.parse(text) as { code: string }).code)).toEqual(['token.not_found', 'token.not_found', 'client.not_found', 'user.not_found']);
    await expect(revoke({ kind: 'org' }, { actor })).rejects.toMatchObject({ code: 'org.not_found' });
    expect((await refresh(token)).status).toBe(200);
  });

  it('and is recorded; what was refused is not', async () => {
    const { clientId, orgId } = await auth.newClient();
    await revoke({ kind: 'client', id: clientId }, { orgId });
    await revoke({ kind: 'token', id: 'no-such-token' }, { orgId }).catch(() => undefined);
    const acts = await auth.sql<{ data: object }>(`select envelope::json->'data' as data from outbox where org_id = $1 and subject = $2`, [orgId, actRecorded.subject]);
    expect(acts.map(({ data }) => data)).toEqual([expect.objectContaining({ act: 'tokens.revoked', who: { kind: 'operator', id: 'operator' }, target: { kind: 'client', id: clientId } })]);
  });
});
