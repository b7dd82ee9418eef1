import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { eventually, notYet } from '@parley/testing';
import { newAdmin, operator } from '../admin.fixture.e2e.js';
import { askToken, type AuthSystem, startAuth } from '../auth-system.fixture.e2e.js';
import { ClientDirectory } from '../clients/client-directory.js';
import type { ApiClient } from '../clients/client.entity.js';
import { SecretUses } from '../clients/secret-uses.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { RegistrationsService } from './registrations.service.js';

let auth: AuthSystem;
let orgId: string;

beforeAll(async () => {
  auth = await startAuth();
  ({ orgId } = await orgs().register(operator, 'Clinic'));
});
afterAll(() => auth.stop());

const orgs = () => auth.get(OrgsService);
const clients = () => auth.get(RegistrationsService);
const token = async (clientId: string, secret = ''): Promise<number> => (await askToken(auth.url, { clientId, secret }, { grant_type: 'client_credentials' })).status;

/** How long until the token endpoint refuses. Milliseconds. */
async function refusedAfter(clientId: string, secret?: string): Promise<number> {
  const began = performance.now();
  await eventually(async () => {
    const status = await token(clientId, secret);
    return status === 401 ? true : notYet(`still ${status}`);
  });
  return performance.now() - began;
}

describe('a client', () => {
  it('speaks the Coviu API unless it is told otherwise', async () => {
    const { clientId, clientSecret, ...rest } = await clients().register(operator, orgId, { name: 'Server' });

    expect(rest).toMatchObject({
      orgId, name: 'Server', active: true, grantTypes: ['client_credentials', 'refresh_token'], redirectUris: [], clickToCall: 'off', queryToken: false, scopes: ['coviu-enterprise-api'], limits: { callsPerUser: null },
    });
    expect(clientSecret).toMatch(/^[\w-]{43}$/);
    expect(await token(clientId, clientSecret)).toBe(200);
    expect(await clients().read(operator, { orgId, clientId })).toMatchObject({ clientId, ...rest });
  });

  it('that places calls for users gets what it needs for that, and no more', async () => {
    const wishes = { name: 'Caller', clickToCall: 'implicit' as const, queryToken: true, redirectUris: ['https://a.test/cb'] };
    const { clientId, clientSecret, ...rest } = await clients().register(operator, orgId, wishes);

    expect(rest).toMatchObject({ ...wishes, grantTypes: ['authorization_code', 'refresh_token'], scopes: ['call'] });
    expect(await token(clientId, clientSecret)).toBe(400);
  });

  it('that shows to nobody who it is, is nothing that others must be sure of, now or later', async () => {
    const grantTypes = ['authorization_code' as const];
    const { clientId } = await clients().register(operator, orgId, { name: 'App', grantTypes, tokenEndpointAuthMethod: 'none' });
    for (const change of [{ clickToCall: 'code' as const }, { scopes: ['introspect' as const] }, { scopes: ['call' as const, 'admin' as const] }]) {
      await expect(clients().change(operator, { orgId, clientId }, change)).rejects.toMatchObject({ kind: 'invalid', code: 'client.public' });
      await expect(clients().register(operator, orgId, { name: 'App', grantTypes, tokenEndpointAuthMethod: 'none', ...change })).rejects.toMatchObject({ code: 'client.public' });
    }
  });

  it('that shows to nobody who it is, has no secret, now or later', async () => {
    const wishes = { name: 'App', grantTypes: ['authorization_code' as const], tokenEndpointAuthMethod: 'none' as const };
    const { clientId, ...told } = await clients().register(operator, orgId, wishes);
    expect(told).not.toHaveProperty('clientSecret');
    await expect(clients().rotateSecret(operator, { orgId, clientId }, 0)).rejects.toMatchObject({ kind: 'invalid', code: 'client.public' });
    expect(await clients().read(operator, { orgId, clientId })).toMatchObject({ secrets: [] });
  });

  it('has other keys when it says so, if it has any', async () => {
    const keys = (x: string) => ({ keys: [{ kty: 'OKP' as const, crv: 'Ed25519' as const, x }] });
    const { clientId } = await clients().register(operator, orgId, { name: 'Signing', tokenEndpointAuthMethod: 'private_key_jwt', jwks: keys('old') });
    expect(await clients().change(operator, { orgId, clientId }, { jwks: keys('new') })).toMatchObject({ jwks: keys('new') });
    expect(await clients().read(operator, { orgId, clientId })).toMatchObject({ jwks: keys('new') });
    const { clientId: plain } = await clients().register(operator, orgId, { name: 'Plain' });
    await expect(clients().change(operator, { orgId, clientId: plain }, { jwks: keys('new') })).rejects.toMatchObject({ kind: 'invalid', code: 'client.no_keys' });
  });

  it('keeps what a change does not name', async () => {
    const { clientId, clientSecret: _secret, ...before } = await clients().register(operator, orgId, { name: 'Server', redirectUris: ['https://a.test/'] });

    const after = await clients().change(operator, { orgId, clientId }, { name: 'Renamed', queryToken: undefined });

    expect(after).toEqual({ clientId, ...before, name: 'Renamed' });
    expect(await clients().read(operator, { orgId, clientId })).toMatchObject(after);
  });

  it('that is disabled, or whose org is, gets no token any more within a second', async () => {
    const one = await clients().register(operator, orgId, { name: 'One' });
    const two = await orgs().register(operator, 'Two').then((org) => clients().register(operator, org.orgId, { name: 'Two' }));
    expect([await token(one.clientId, one.clientSecret), await token(two.clientId, two.clientSecret)]).toEqual([200, 200]);

    await clients().change(operator, { orgId, clientId: one.clientId }, { active: false });
    expect(await refusedAfter(one.clientId, one.clientSecret)).toBeLessThan(1000);
    await orgs().change(operator, two.orgId, { active: false });
    expect(await refusedAfter(two.clientId, two.clientSecret)).toBeLessThan(1000);
  });
});

describe('a client that is disabled', () => {
  it('has every token revoked that it was given, and so has every client of an org; another change revokes nothing', async () => {
    const { clientId } = await clients().register(operator, orgId, { name: 'Server' });
    const other = await orgs().register(operator, 'Other');
    const revoked = () => auth.sql('select kind, key from revocation where key = any($1) order by kind', [[clientId, other.orgId]]);
    await clients().change(operator, { orgId, clientId }, { name: 'Renamed', active: true });
    await orgs().change(operator, other.orgId, { name: 'Renamed' });
    expect(await revoked()).toEqual([]);

    await clients().change(operator, { orgId, clientId }, { active: false });
    await orgs().change(operator, other.orgId, { active: false });

    expect(await revoked()).toEqual([{ kind: 'client', key: clientId }, { kind: 'org', key: other.orgId }]);
  });
});

describe('a rotated secret', () => {
  const secretsOf = (clientId: string) => auth.sql<{ left: number | null }>('select extract(epoch from valid_until - parley_now())::float8 as left from client_secret where client_id = $1 order by created', [clientId]);

  it('leaves the old one for the overlap', async () => {
    const { clientId, clientSecret: old } = await clients().register(operator, orgId, { name: 'Server' });

    const { clientSecret } = await clients().rotateSecret(operator, { orgId, clientId }, 86_400);
    await new Promise((resolve) => setTimeout(resolve, 550));

    expect([await token(clientId, old), await token(clientId, clientSecret)]).toEqual([200, 200]);
    const [first, second] = await secretsOf(clientId);
    expect(first?.left).toBeGreaterThan(86_300);
    expect(first?.left).toBeLessThanOrEqual(86_400);
    expect(second?.left).toBeNull();
  });

  it('with no overlap ends the old one within a second, and a later rotation lengthens nothing', async () => {
    const { clientId, clientSecret: old } = await clients().register(operator, orgId, { name: 'Server' });
    expect(await token(clientId, old)).toBe(200);
    await clients().rotateSecret(operator, { orgId, clientId }, 60);
    await clients().rotateSecret(operator, { orgId, clientId }, 3600);
    expect((await secretsOf(clientId))[0]?.left).toBeLessThanOrEqual(60);

    await clients().rotateSecret(operator, { orgId, clientId }, 0);

    expect(await refusedAfter(clientId, old)).toBeLessThan(1000);
  });

  it('is refused to a client that has ten already, unless they end', async () => {
    const { clientId } = await clients().register(operator, orgId, { name: 'Server' });
    for (let i = 1; i < 10; i += 1) await clients().rotateSecret(operator, { orgId, clientId }, 600);

    await expect(clients().rotateSecret(operator, { orgId, clientId }, 600)).rejects.toMatchObject({ kind: 'conflict', code: 'client.too_many_secrets' });
    await expect(clients().rotateSecret(operator, { orgId, clientId }, 0)).resolves.toMatchObject({ clientId });
  });

  it('shows which secrets are valid and when each was last used, to the minute, and writes that once', async () => {
    const { clientId, clientSecret: old } = await clients().register(operator, orgId, { name: 'Server' });
    await clients().rotateSecret(operator, { orgId, clientId }, 600);
    const secrets = async () => (await clients().read(operator, { orgId, clientId })).secrets;
    expect(await secrets()).toEqual([
      { secretId: expect.any(String), created: expect.any(Number), validUntil: null, lastUsed: null },
      { secretId: expect.any(String), created: expect.any(Number), validUntil: expect.any(Number), lastUsed: null },
    ]);

    const before = Math.floor(Date.now() / 1000);
    expect(await token(clientId, old)).toBe(200);
    await eventually(async () => (await secrets())[1]?.lastUsed !== null || notYet('nothing was noted'));
    const [unused, used] = (await secrets()).map(({ lastUsed }) => lastUsed);
    expect(unused).toBeNull();
    expect(used).toBeGreaterThanOrEqual(before);

    const ofAnotherCopy = new SecretUses(auth.get(Database), auth.get<Logger>(LOGGER as never));
    const client = (await auth.get(ClientDirectory).find(clientId)) as ApiClient;
    const noteIn = async (seconds: number) => {
      await auth.sql('delete from clock_offset');
      await auth.sql('insert into clock_offset (ahead) values (make_interval(secs => $1))', [seconds]);
      ofAnotherCopy.note(client, old ?? '');
      ofAnotherCopy.note(client, 'no secret of it');
      await ofAnotherCopy.flush();
      return (await secrets())[1]?.lastUsed;
    };
    expect(await noteIn(50)).toBe(used);
    await auth.sql('delete from clock_offset');
  });

  it('is stored sealed', async () => {
    const { clientId, clientSecret } = await clients().register(operator, orgId, { name: 'Server' });
    const rotated = await clients().rotateSecret(operator, { orgId, clientId }, 60);

    const dump = await auth.dump();
    expect(dump).not.toContain(clientSecret);
    expect(dump).not.toContain(rotated.clientSecret);
    expect(auth.logs.join('\n')).not.toContain(clientSecret);
  });
});

describe('an administrator', () => {
  const asks = (actor: Actor, org: string, clientId: string) => [
    clients().read(actor, { orgId: org, clientId }),
    clients().list(actor, org, { limit: 5 }),
    clients().register(actor, org, { name: 'x' }),
    clients().change(actor, { orgId: org, clientId }, { active: false }),
    clients().rotateSecret(actor, { orgId: org, clientId }, 0),
    orgs().read(actor, org),
    orgs().change(actor, org, { active: false }),
  ];
  const codes = (calls: Promise<unknown>[]) => Promise.all(calls.map((call) => call.then(() => 'done', (error: { toJSON(): unknown }) => JSON.stringify(error))));

  it('reaches its own org, and no other: as if it were not there', async () => {
    const { actor, client } = await newAdmin(auth);
    const theirs = await clients().register(operator, orgId, { name: 'Theirs' });

    const foreign = await codes(asks(actor, orgId, theirs.clientId));
    const absent = await codes(asks(actor, '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e', theirs.clientId));

    expect(new Set([...foreign, ...absent])).toEqual(new Set(['{"kind":"not_found","code":"org.not_found","message":"There is no such organisation."}']));
    expect(await clients().read(actor, { orgId: client.orgId, clientId: client.clientId })).toMatchObject({ clientId: client.clientId });
    expect((await orgs().list(actor, { limit: 5 })).items.map((org) => org.orgId)).toEqual([client.orgId]);
    await expect(orgs().register(actor, 'New')).rejects.toMatchObject({ kind: 'forbidden', code: 'admin.operator_only' });
    await expect(clients().read(actor, { orgId: client.orgId, clientId: theirs.clientId })).rejects.toMatchObject({ code: 'client.not_found' });
  });

  it('is none any more once its client or org is disabled or the scope was taken, whatever its token says', async () => {
    const [one, two, three] = [await newAdmin(auth), await newAdmin(auth), await newAdmin(auth)];
    await clients().change(operator, one.client, { active: false });
    await orgs().change(operator, two.client.orgId, { active: false });
    await clients().change(operator, three.client, { scopes: ['call'] });

    for (const { actor } of [one, two, three]) {
      await expect(orgs().change(actor, actor.orgId, { active: true })).rejects.toMatchObject({ kind: 'unauthenticated', code: 'token.invalid' });
      await expect(orgs().list(actor, { limit: 5 })).rejects.toMatchObject({ code: 'token.invalid' });
    }
  });

  it('is no user, whatever the scope of the token', async () => {
    const { actor } = await newAdmin(auth);

    await expect(orgs().read({ ...actor, subject: '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e' }, actor.orgId)).rejects.toMatchObject({ kind: 'forbidden', code: 'admin.client_only' });
  });
});
