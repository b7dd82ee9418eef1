import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database, Sealer, uuidv7 } from '@parley/persistence';
import { opentokSdk } from '@parley/testing';
import { type AuthSystem, claimsOf, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { newClientSecret } from '../clients/client.entity.js';
import { ClientsService } from '../clients/clients.service.js';
import { LinksService } from '../links/links.service.js';
import { OpentokService } from './opentok.service.js';
import { encodeT1, readT1 } from './t1.js';

let auth: AuthSystem;
let first: TestClient;
let second: TestClient;
let elsewhere: TestClient;

beforeAll(async () => {
  auth = await startAuth();
  [first, elsewhere] = [await auth.newClient(), await auth.newClient()];
  const added = await auth.get(Database).write([], (tx) => auth.get(ClientsService).createApiClient(tx, first.orgId, 'second'));
  second = { orgId: first.orgId, ...added };
});
afterAll(() => auth.stop());

const session_id = '2_MX4xMjM0NTZ-MS4yLjMuNH4xNzk1MzAwMDAwMDAwfjAuODgwMjExODU4MzY3MTE5fg';
const fields = { session_id, create_time: 1795300000, nonce: '0.5', role: 'moderator' as const, expire_time: 1795386400, connection_data: 'x', initial_layout_class_list: '' };
const service = () => auth.get(OpentokService);
const sign = (format: 't1' | 'jwt', { orgId, clientId }: { orgId: string; clientId: string | null } = first) => service().sign({ orgId, clientId, format, fields });
const signer = (orgId: string, clientId: string | null) => service().findSigner({ orgId, clientId }).then(({ clientId: found }) => found, (error: { code: string }) => error.code);
const set = (table: 'api_client' | 'org', id: string, active: boolean) => auth.sql(`update ${table} set active = $2 where id = $1`, [id, active]);
const forgetClients = () => sleep(550);

async function addSecret({ orgId, clientId }: TestClient, validUntil: string | null = null): Promise<string> {
  const [id, secret] = [uuidv7(), newClientSecret()];
  const sealed = auth.get(Sealer).seal(secret, { table: 'client_secret', row: id, org: orgId });
  await auth.sql('insert into client_secret (id, client_id, sealed, valid_until) values ($1, $2, $3, $4)', [id, clientId, sealed, validUntil]);
  return secret;
}

describe('Who signs', () => {
  it('is the caller’s client, and for anybody the oldest of the org', async () => {
    expect([await signer(first.orgId, second.clientId), await signer(first.orgId, first.clientId), await signer(first.orgId, null)]).toEqual([second.clientId, first.clientId, first.clientId]);
    expect(await signer(first.orgId, elsewhere.clientId)).toBe(first.clientId);
  });

  it('is never one that is disabled, nor anybody for an org that is', async () => {
    await set('api_client', first.clientId, false);
    expect([await signer(first.orgId, null), await signer(first.orgId, first.clientId)]).toEqual([second.clientId, second.clientId]);
    await set('api_client', first.clientId, true);
    await set('org', first.orgId, false);
    expect(await signer(first.orgId, second.clientId)).toBe('opentok.no_client');
    await set('org', first.orgId, true);
    for (const orgId of ['', 'x', uuidv7()]) expect(await signer(orgId, null)).toBe('opentok.no_client');
  });
});

describe('A token', () => {
  it('of the JWT format says what the SDK’s says, under the same secret', async () => {
    const { token, clientId } = await sign('jwt');
    const ofFirst = `2_${Buffer.from(`1~${first.clientId}~~1795300000000~0.5~`).toString('base64url')}`;
    const { ok: theirs = '' } = await opentokSdk({ apiKey: first.clientId, apiSecret: first.secret }, 'generateToken', ofFirst, { role: 'moderator', data: 'x' });
    const [header = '', payload = '', signature] = token.split('.');
    expect([header, signature]).toEqual([theirs.split('.')[0], createHmac('sha256', first.secret).update(`${header}.${payload}`).digest('base64url')]);
    expect(claimsOf(token)).toEqual({ iss: clientId, ist: 'project', iat: fields.create_time, exp: fields.expire_time, ...fields, scope: 'session.connect' });
    expect(Object.keys(claimsOf(theirs))).toEqual(Object.keys(claimsOf(token)));
    expect(await auth.get(LinksService).verify(token)).toMatchObject({ clientId: first.clientId, claims: fields });
  });

  it('is signed with the newest secret; one that was is read under any that is valid', async () => {
    const newest = await addSecret(second);
    const ended = await addSecret(second, '2020-01-01T00:00:00Z');
    await forgetClients();
    expect((await sign('t1', second)).token).toBe(encodeT1({ clientId: second.clientId, secret: newest }, fields));
    const verify = (secret: string) => service().verifyT1({ token: encodeT1({ clientId: second.clientId, secret }, fields) }).then(({ clientId }) => clientId, (error: { code: string }) => error.code);
    expect([await verify(newest), await verify(second.secret), await verify(ended), await verify(first.secret)]).toEqual([second.clientId, second.clientId, 'opentok.token', 'opentok.token']);
  });

  it('of a key that nobody has is refused like a forged one', async () => {
    const clientId = uuidv7();
    const token = encodeT1({ clientId, secret: first.secret }, fields);
    expect(readT1(token)?.partnerId).toBe(clientId);
    await expect(service().verifyT1({ token })).rejects.toMatchObject({ kind: 'unauthenticated', code: 'opentok.token' });
  });

  it('leaves nothing of itself behind', async () => {
    const { token } = await sign('t1');
    const kept = `${await auth.dump()} ${auth.logs.join('\n')}`;
    for (const secret of [token, first.secret, second.secret]) expect(kept).not.toContain(secret);
  });
});
