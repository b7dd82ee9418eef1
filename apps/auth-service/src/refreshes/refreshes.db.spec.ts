import { Database } from '@parley/persistence';
import { type Statement, statementsOf } from '@parley/testing';
import { type Answer, askToken, type AuthSystem, claimsOf, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { hashOf } from '../oauth-storage/artifacts.repository.js';
import { Expiry } from './expiry.js';

let auth: AuthSystem;
let client: TestClient;

beforeAll(async () => {
  auth = await startAuth({ copies: 2 });
  client = await auth.newClient();
});
afterAll(() => auth.stop());

const grant = async (who = client) => (await askToken(auth.url, who, { grant_type: 'client_credentials' })).body;
const refresh = (token: string, { who = client, copy = 0, path = '/v1/auth/token' } = {}): Promise<Answer> =>
  askToken(auth.instances[copy]?.url ?? '', who, { grant_type: 'refresh_token', refresh_token: token }, path);
const invalidGrant = { status: 400, body: { error: 'invalid_grant' } };

/** What is about tokens among the statements, by their names. */
const aboutTokens = (sent: Statement[]) =>
  sent.splice(0).filter(({ name, text }) => name === 'token-issue' || (/oauth_artifact|refresh_answer|advisory_xact/.test(text) && !text.includes('skip locked'))).map(({ name, text }) => name ?? text);

/** As if this were so long ago. */
const age = (token: string, seconds: number) =>
  auth.sql('update refresh_answer set until = until - make_interval(secs => $2), access_expires_at = access_expires_at - make_interval(secs => $2) where token_hash = $1', [
    hashOf(token),
    seconds,
  ]);

const secondsToLive = async (token: string) => {
  const [row] = await auth.sql<{ seconds: number }>(`select extract(epoch from expires_at - parley_now())::int as seconds from oauth_artifact where id_hash = $1`, [hashOf(token)]);
  return row?.seconds ?? 0;
};

describe('a refresh', () => {
  it('answers like the first grant, with other tokens', async () => {
    const first = await grant();

    const { status, body } = await refresh(first.refresh_token);

    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), refresh_token: expect.any(String), expires_in: 3600, token_type: 'Bearer', scope: 'coviu-enterprise-api' });
    expect([body.access_token, body.refresh_token]).not.toContain(first.access_token);
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(claimsOf(body.access_token)).toMatchObject({ sub: client.clientId, client_id: client.clientId, org_id: client.orgId, userId: client.clientId });
  });

  it('costs a statement to wait its turn, to read, to use, to date and to write; to be told again, two; a first grant, two', async () => {
    const sent = statementsOf(auth.get(Database));
    const first = await grant();
    const ofGrant = aboutTokens(sent);
    await refresh(first.refresh_token);
    const ofRefresh = aboutTokens(sent);
    await refresh(first.refresh_token);
    expect({ ofGrant, ofRefresh, again: aboutTokens(sent) }).toEqual({
      ofGrant: ['token-issue', 'artifacts-store'],
      ofRefresh: ['refresh-lock', 'refresh-read', 'artifact-consume', 'token-issue', 'refresh-keep'],
      again: ['refresh-lock', 'refresh-read'],
    });
  });

  it('can be done as often as one likes', async () => {
    let { refresh_token: token } = await grant();
    for (let n = 0; n < 5; n += 1) {
      const { status, body } = await refresh(token, { copy: n % 2 });
      expect(status).toBe(200);
      token = body.refresh_token;
    }
  });

  it('counts the 90 days anew, also those of the authorization', async () => {
    const first = await grant();
    await auth.sql(`update oauth_artifact set expires_at = expires_at - interval '89 days'`);

    const { body } = await refresh(first.refresh_token);

    expect(await secondsToLive(body.refresh_token)).toBeGreaterThan(90 * 86_400 - 60);
    const [{ grantSeconds }] = (await auth.sql<{ grantSeconds: number }>(
      `select extract(epoch from max(expires_at) - parley_now())::int as "grantSeconds" from oauth_artifact where model = 'Grant' and id_hash =
         (select translate(encode(sha256(grant_id::bytea), 'base64'), '+/=', '-_') from oauth_artifact where id_hash = $1)`,
      [hashOf(body.refresh_token)],
    )) as [{ grantSeconds: number }];
    expect(grantSeconds).toBeGreaterThan(90 * 86_400);
  });

  it('is refused once the 90 days are over', async () => {
    const first = await grant();
    await auth.sql(`update oauth_artifact set expires_at = parley_now() - interval '1 second' where id_hash = $1`, [hashOf(first.refresh_token)]);

    expect(await refresh(first.refresh_token)).toMatchObject(invalidGrant);
  });

  it('is refused to another client, which does no harm to its owner', async () => {
    const thief = await auth.newClient();
    const first = await grant();

    expect(await refresh(first.refresh_token, { who: thief })).toMatchObject(invalidGrant);
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 200 });
  });

  it('works on the standard endpoint too, by the same rules', async () => {
    const first = await grant();

    const one = await refresh(first.refresh_token, { path: '/oauth/token' });
    const other = await refresh(first.refresh_token);

    expect(one.status).toBe(200);
    expect(other.body.refresh_token).toBe(one.body.refresh_token);
  });
});

describe('a used refresh token, within 60 s of its first use', () => {
  it('gets the same answer, expires_in counted down', async () => {
    const first = await grant();
    const answered = await refresh(first.refresh_token);
    await age(first.refresh_token, 55);

    const again = await refresh(first.refresh_token, { copy: 1 });

    expect(again.status).toBe(200);
    expect(again.body).toEqual({ ...answered.body, expires_in: expect.any(Number) });
    expect(again.body.expires_in).toBeLessThanOrEqual(3545);
    expect(again.body.expires_in).toBeGreaterThan(3530);
  });

  it('gets it also when its successor has been used by then', async () => {
    const first = await grant();
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.body.refresh_token);

    expect((await refresh(first.refresh_token)).body.refresh_token).toBe(second.body.refresh_token);
    expect(await refresh(third.body.refresh_token)).toMatchObject({ status: 200 });
  });

  it('gives nothing to another client, nor to a wrong secret', async () => {
    const other = await auth.newClient();
    const first = await grant();
    await refresh(first.refresh_token);

    expect(await refresh(first.refresh_token, { who: other })).toMatchObject(invalidGrant);
    expect(await refresh(first.refresh_token, { who: { ...client, secret: other.secret } })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 200 });
  });
});

describe('a used refresh token, later', () => {
  it('is theft once its successor was used: nothing of the family works any more', async () => {
    const first = await grant();
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.body.refresh_token);
    await age(first.refresh_token, 61);

    expect(await refresh(first.refresh_token)).toMatchObject(invalidGrant);

    for (const token of [first, second.body, third.body]) expect(await refresh(token.refresh_token)).toMatchObject(invalidGrant);
    const jtis = [first, second.body, third.body].map(({ access_token }) => hashOf(String(claimsOf(access_token)['jti'])));
    expect(await auth.sql('select 1 from oauth_artifact where id_hash = any($1)', [jtis])).toEqual([]);
    expect(await auth.sql(`select envelope::jsonb->'data'->>'act' as act from outbox where org_id = $1`, [client.orgId])).toEqual([{ act: 'refresh-token.replayed' }]);
  });

  it('takes no other family with it', async () => {
    const [first, bystander] = [await grant(), await grant()];
    const second = await refresh(first.refresh_token);
    await refresh(second.body.refresh_token);
    await age(first.refresh_token, 61);
    await refresh(first.refresh_token);

    expect(await refresh(bystander.refresh_token)).toMatchObject({ status: 200 });
  });

  it('is rotated once more if its successor was never used: the answer got lost', async () => {
    const first = await grant();
    const lost = await refresh(first.refresh_token);
    await age(first.refresh_token, 61);

    const found = await refresh(first.refresh_token);

    expect(found.status).toBe(200);
    expect(found.body.refresh_token).not.toBe(lost.body.refresh_token);
    expect((await refresh(first.refresh_token)).body.refresh_token).toBe(found.body.refresh_token);
    expect(await refresh(found.body.refresh_token)).toMatchObject({ status: 200 });
  });

  it('is theft after that, if what it was rotated into was used', async () => {
    const first = await grant();
    await refresh(first.refresh_token);
    await age(first.refresh_token, 61);
    const found = await refresh(first.refresh_token);
    const next = await refresh(found.body.refresh_token);
    await age(first.refresh_token, 61);

    expect(await refresh(first.refresh_token)).toMatchObject(invalidGrant);
    expect(await refresh(next.body.refresh_token)).toMatchObject(invalidGrant);
  });

  it('and a lost successor that turns up when the new one was used is theft', async () => {
    const first = await grant();
    const lost = await refresh(first.refresh_token);
    await age(first.refresh_token, 61);
    const found = await refresh(first.refresh_token);
    await refresh(found.body.refresh_token);

    expect(await refresh(lost.body.refresh_token)).toMatchObject(invalidGrant);
    expect(await refresh(found.body.refresh_token)).toMatchObject(invalidGrant);
  });

  it('stays used when the second rotation is refused', async () => {
    const first = await grant();
    await refresh(first.refresh_token);
    await age(first.refresh_token, 61);

    const widened = await askToken(auth.url, client, { grant_type: 'refresh_token', refresh_token: first.refresh_token, scope: 'admin' });

    expect(widened).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    const [row] = await auth.sql<{ used: boolean }>('select consumed_at is not null as used from oauth_artifact where id_hash = $1', [hashOf(first.refresh_token)]);
    expect(row?.used).toBe(true);
  });
});

describe('refreshes at once', () => {
  it.each([8, 100])('of one token over two copies, %i of them, are one rotation and one answer', async (many) => {
    const first = await grant();
    const [before] = await auth.sql<{ tokens: number }>(`select count(*) as tokens from oauth_artifact where model = 'RefreshToken'`);

    const answers = await Promise.all(Array.from({ length: many }, (_, n) => refresh(first.refresh_token, { copy: n % 2 })));

    expect(answers.map(({ status }) => status)).toEqual(Array(many).fill(200));
    expect(new Set(answers.map(({ body }) => `${body.refresh_token} ${body.access_token}`)).size).toBe(1);
    const [after] = await auth.sql<{ tokens: number }>(`select count(*) as tokens from oauth_artifact where model = 'RefreshToken'`);
    expect((after?.tokens ?? 0) - (before?.tokens ?? 0)).toBe(1);
    expect(await refresh(answers[0]?.body.refresh_token ?? '')).toMatchObject({ status: 200 });
  });

  it('of more tokens than a copy has connections do not wait for each other for ever', async () => {
    const grants = await Promise.all(Array.from({ length: 12 }, () => grant()));

    const answers = await Promise.all(grants.flatMap(({ refresh_token }) => [refresh(refresh_token), refresh(refresh_token, { copy: 1 })]));

    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(12);
  });

  it('of a lost token and of its successor leave one line of tokens', async () => {
    const first = await grant();
    const lost = await refresh(first.refresh_token);
    await age(first.refresh_token, 61);

    const answers = await Promise.all([refresh(first.refresh_token), refresh(lost.body.refresh_token, { copy: 1 })]);

    const [open] = await auth.sql<{ tokens: number }>(
      `select count(*) as tokens from oauth_artifact where model = 'RefreshToken' and consumed_at is null
       and grant_id = (select grant_id from oauth_artifact where id_hash = $1)`,
      [hashOf(first.refresh_token)],
    );
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(open?.tokens ?? 0).toBeLessThanOrEqual(1);
  });
});

describe('what is over', () => {
  it('is thrown away, answers and tokens alike', async () => {
    const first = await grant();
    await refresh(first.refresh_token);
    await age(first.refresh_token, 61);
    await auth.sql(`update oauth_artifact set expires_at = parley_now() - interval '1 second' where id_hash = $1`, [hashOf(first.refresh_token)]);

    await auth.get(Expiry).sweep();

    expect(await auth.sql('select 1 from refresh_answer where token_hash = $1', [hashOf(first.refresh_token)])).toEqual([]);
    expect(await auth.sql('select 1 from oauth_artifact where id_hash = $1', [hashOf(first.refresh_token)])).toEqual([]);
    expect(await auth.sql('select 1 from oauth_artifact where expires_at < parley_now()')).toEqual([]);
  });
});
