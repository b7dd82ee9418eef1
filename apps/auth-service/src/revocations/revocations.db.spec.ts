import { tokensRevoked } from '@parley/dto';
import { hashOfJti } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { Live } from '@parley/rpc';
import { eventually, notYet } from '@parley/testing';
import { askToken, type AuthSystem, claimsOf, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { RevocationsService } from './revocations.service.js';

let auth: AuthSystem;
let client: TestClient;
const told: string[] = [];

beforeAll(async () => {
  auth = await startAuth({ copies: 2 });
  client = await auth.newClient();
  await auth.get(Live).listen(tokensRevoked, ({ revocations }) => told.push(...revocations.map(({ kind, key }) => `${kind} ${key}`)));
});
afterAll(() => auth.stop());
beforeEach(() => void (told.length = 0));

const revocations = () => auth.get(RevocationsService);
const db = () => auth.get(Database);
const grant = async (who = client, copy = 0) => (await askToken(auth.instances[copy]?.url ?? '', who, { grant_type: 'client_credentials' })).body;
const jtiOf = (token: { access_token: string }): string => String(claimsOf(token.access_token)['jti']);
const listed = async (since?: string) => (await revocations().list({ since })).revocations.map(({ kind, key }) => `${kind} ${key}`);
const inLedger = async (token: { access_token: string }) => (await auth.sql('select from oauth_artifact where id_hash = $1', [hashOfJti(jtiOf(token))])).length === 1;

describe('A revocation', () => {
  it('of an authorization names every access token of it that lives, and no other', async () => {
    const [mine, other] = [await grant(), await grant()];
    const [row] = await auth.sql<{ grantId: string }>('select grant_id as "grantId" from oauth_artifact where id_hash = $1', [hashOfJti(jtiOf(mine))]);

    await db().write([], (tx) => revocations().revokeGrant(tx, row?.grantId ?? ''));

    expect(await listed()).toContain(`token ${hashOfJti(jtiOf(mine))}`);
    expect(await listed()).not.toContain(`token ${hashOfJti(jtiOf(other))}`);
    expect([await inLedger(mine), await inLedger(other)]).toEqual([false, true]);
    expect(await askToken(auth.url, client, { grant_type: 'refresh_token', refresh_token: mine.refresh_token })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('of one access token leaves its refresh token alone', async () => {
    const mine = await grant();
    await db().write([], (tx) => revocations().revokeToken(tx, jtiOf(mine)));
    expect(await listed()).toContain(`token ${hashOfJti(jtiOf(mine))}`);
    expect(await askToken(auth.url, client, { grant_type: 'refresh_token', refresh_token: mine.refresh_token })).toMatchObject({ status: 200 });
  });

  it('is told when it is committed, and never if it was undone', async () => {
    const [undone, done] = [await grant(), await grant()];
    const revoke = (jti: string, fail: boolean) =>
      db().write([], async (tx) => {
        await revocations().revokeToken(tx, jti);
        if (fail) throw new Error('undo it');
      });

    await revoke(jtiOf(undone), true).catch(() => undefined);
    await revoke(jtiOf(done), false);

    await eventually(() => told.length > 0 || notYet('nobody was told'));
    expect(told).toEqual([`token ${hashOfJti(jtiOf(done))}`]);
    expect(await listed()).not.toContain(`token ${hashOfJti(jtiOf(undone))}`);
  });

  it.each(['client', 'org', 'user'] as const)('of a %s ends its refresh tokens, and covers no token that is issued later', async (kind) => {
    const [who, bystander] = [await auth.newClient(), await auth.newClient()];
    const [before, spared] = [await grant(who), await grant(bystander)];
    const key = { client: who.clientId, org: who.orgId, user: who.clientId }[kind];

    await db().write([], (tx) => revocations().revoke(tx, { kind, key, orgId: who.orgId }));

    const later = await Promise.all([0, 1].map((copy) => grant(who, copy)));
    const [row] = await auth.sql<{ at: number }>('select extract(epoch from at)::float8 as at from revocation where kind = $1 and key = $2', [kind, key]);
    expect(Number(claimsOf(before.access_token)['iat'])).toBeLessThanOrEqual(row?.at ?? 0);
    for (const token of later) expect(Number(claimsOf(token.access_token)['iat'])).toBeGreaterThan(row?.at ?? Infinity);
    await eventually(() => told.includes(`${kind} ${key}`) || notYet('nobody was told'));
    expect(await listed()).toContain(`${kind} ${key}`);
    expect(await askToken(auth.url, who, { grant_type: 'refresh_token', refresh_token: before.refresh_token })).toMatchObject({ status: 400 });
    expect(await askToken(auth.url, bystander, { grant_type: 'refresh_token', refresh_token: spared.refresh_token })).toMatchObject({ status: 200 });
  });

  it('of a client that is disabled is not survived by a token from a copy that still remembers it as active', async () => {
    const who = await auth.newClient();
    await Promise.all([grant(who, 0), grant(who, 1)]);

    await db().write([], async (tx) => {
      await tx.query('update api_client set active = false where id = $1', [who.clientId]);
      await revocations().revoke(tx, { kind: 'client', key: who.clientId, orgId: who.orgId });
    });

    const answers = await Promise.all([0, 1].map((copy) => askToken(auth.instances[copy]?.url ?? '', who, { grant_type: 'client_credentials' })));
    expect(answers.map(({ status, body }) => [status, body.error])).toEqual([[401, 'invalid_client'], [401, 'invalid_client']]);
  });
});

describe('The list of revocations', () => {
  it('has those since an answer, and 15 s before it, because a transaction may have committed late', async () => {
    const insert = (key: string, ago: number) =>
      auth.sql(`insert into revocation (kind, key, at, created, expires_at) values ('org', $1, parley_now(), parley_now() - make_interval(secs => $2), parley_now() + interval '1 hour')`, [key, ago]);
    await Promise.all([insert('late', 10), insert('old', 20)]);
    const { asOf } = await revocations().list({});

    expect(await listed(asOf)).toContain('org late');
    expect(await listed(asOf)).not.toContain('org old');
    expect(await listed()).toEqual(expect.arrayContaining(['org late', 'org old']));
  });

  it('comes in pages that leave nothing out', async () => {
    await auth.sql(`insert into revocation (kind, key, at, created, expires_at) select 'token', 'many-' || n, parley_now(), parley_now(), parley_now() + interval '1 hour' from generate_series(1, 4500) n`);
    const keys = new Set<string>();
    let after: number | undefined = 0;
    let pages = 0;
    while (after !== undefined) {
      const page: Awaited<ReturnType<RevocationsService['list']>> = await revocations().list({ after });
      page.revocations.forEach(({ key }) => keys.add(key));
      after = page.next;
      pages += 1;
    }
    expect([...keys].filter((key) => key.startsWith('many-'))).toHaveLength(4500);
    expect(pages).toBe(3);
  });

  it('forgets what is over', async () => {
    await auth.sql(`insert into revocation (kind, key, at, created, expires_at) values ('org', 'over', parley_now(), parley_now(), parley_now() - interval '1 second')`);
    expect(await listed()).not.toContain('org over');
  });
});
