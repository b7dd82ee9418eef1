import { createHmac, randomUUID } from 'node:crypto';
import { eventually, notYet, opentokSdk, runSql, startSystem, type OrgCredentials, type System } from '@parley/testing';

interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}
interface Sent {
  authorization?: string | undefined;
  body?: unknown;
  form?: Record<string, string>;
  gateway?: number;
}
type Alias = { data: { id: string; stream_key: string | null } };
type Entry = { content: { entryId: string; accessToken: string; role: string; capabilities?: string[] }; error?: { code: string } };

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1000);

function sign(claims: object, secret: string): string {
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

let system: System;
let org: OrgCredentials;
let access: string;
let orgToken: string;
let foreignToken: string;

/** Nothing of this may be in a log or an event. */
const secrets = new Set<string>();
const secret = (text: string): string => (secrets.add(text), text);

beforeAll(async () => {
  system = await startSystem({ publicOpentok: true, copies: { 'api-gateway': 2, 'session-service': 2 }, env: Object.fromEntries(['api-gateway', 'auth-service', 'session-service', 'call-service'].map((name) => [name, { LOG_LEVEL: 'debug' }])) });
  org = system;
  secret(org.apiKeySecret);
  access = await accessToken(org);
  const foreign = await system.seedOrg('Elsewhere');
  [orgToken, foreignToken] = [await newOrgToken(org.orgId), await newOrgToken(foreign.orgId)];
}, 120_000);
afterAll(() => system.stop());

async function send<Body>(method: string, path: string, { authorization, body, form, gateway = 0 }: Sent = {}): Promise<Answer<Body>> {
  const response = await fetch(`${system.baseUrls[gateway % 2]}${path}`, {
    method,
    headers: { ...(authorization === undefined ? {} : { authorization }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Body };
}

async function accessToken({ apiKey, apiKeySecret }: OrgCredentials): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${apiKey}:${apiKeySecret}`).toString('base64')}`;
  const { body } = await send<{ access_token: string }>('POST', '/v1/auth/token', { authorization, form: { grant_type: 'client_credentials' } });
  return body.access_token;
}

async function newOrgToken(orgId: string): Promise<string> {
  const { body } = await send<{ token: string }>('POST', `/admin/v1/orgs/${orgId}/org-tokens`, { authorization: `Bearer ${system.adminToken}`, body: { name: 'spec' } });
  return secret(body.token);
}

async function newAlias(more: object = {}): Promise<string> {
  const { status, body } = await send<Alias>('POST', '/organization/api/v1/alias/create', { authorization: orgToken, body: { type: 'conference', expired_at: seconds() + 3600, ...more } });
  expect(status).toBe(201);
  return body.data.id;
}

const jwtSecret = secret('canary-jwt-ключ');
const passcode = secret('canary-passcode');
const aliasJwt = (alias: string, claims: object = {}): string => {
  const token = sign({ alias, expires_in: seconds() + 600, ...claims }, jwtSecret);
  secret(token.split('.')[2] ?? '');
  return token;
};

describe('An alias', () => {
  it('lives from its making to its deletion, for its org and for the public', async () => {
    const made = await send<Alias>('POST', '/organization/api/v1/alias/create', { authorization: `Bearer${orgToken}`, body: { type: 'live', expired_at: seconds() + 3600, name: 'Ünï', passcode, jwt_secret: jwtSecret, stream_key: true } });
    const { id, stream_key: streamKey } = made.body.data;
    secret(streamKey ?? '');
    expect(made.text).toMatch(/^\{"data":\{"id":"[A-Za-z0-9]{5}","type":"live","name":"Ünï","passcode":"canary-passcode","jwt_secret":"canary-jwt-ключ","stream_key":"sk_[\w-]{32}","expired_at":\d{10},"inserted_at":\d{10}\}\}$/);

    const see = (query = '', authorization?: string) => send('GET', `/api/v1/alias/${id}${query}`, { authorization, gateway: 1 });
    const asPublic = expect.objectContaining({ data: expect.objectContaining({ id, passcode: null, jwt_secret: null, stream_key: null }) }) as unknown;
    for (const owner of [orgToken, `Bearer ${access}`, access]) expect((await see('', owner)).body).toEqual(made.body);
    expect((await see(`?passcode=${passcode}`)).body).toEqual(asPublic);
    expect((await see(`?passcode=${passcode}`, foreignToken)).body).toEqual(asPublic);
    expect((await see('', aliasJwt(id))).body).toEqual(asPublic);
    expect(await see('', foreignToken)).toMatchObject({ status: 401, text: '{"error":{"message":"UNAUTHORIZED"}}' });
    expect(await see()).toMatchObject({ status: 400, text: '{"error":{"message":"UNAUTHORIZED","status":400}}' });

    const resource = `/v1/orgs/${org.orgId}/aliases/${id}`;
    const root = await send<{ _links: Record<string, { href: string }> }>('GET', '/v1', { authorization: `Bearer ${access}` });
    const listed = await send<{ content: { content: { id: string } }[] }>('GET', root.body._links['aliases']?.href ?? '', { authorization: `Bearer ${orgToken}` });
    expect(listed.body.content.map(({ content }) => content.id)).toContain(id);
    const stream = (key: string) => send('POST', `${resource}/stream/authorize`, { authorization: `Bearer ${orgToken}`, body: { stream_key: key } });
    expect([(await stream(streamKey ?? '')).status, (await stream('sk_wrong')).status]).toEqual([200, 403]);
    const changed = await send<{ content: { stream_key: string } }>('PATCH', resource, { authorization: `Bearer ${access}`, body: { stream_key: true, passcode: null } });
    secret(changed.body.content.stream_key);
    expect([(await stream(streamKey ?? '')).status, (await stream(changed.body.content.stream_key)).status]).toEqual([403, 200]);
    expect(await send('PATCH', resource, { authorization: foreignToken, body: { name: 'x' } })).toMatchObject({ status: 401 });

    const foreignUpdate = await send('POST', `/organization/api/v1/alias/update/${id}`, { authorization: foreignToken, body: { name: 'x' } });
    expect([foreignUpdate.status, foreignUpdate.text]).toEqual([400, '{"error":{"message":"NOT_FOUND","status":400}}']);
    const remove = (authorization: string) => send('DELETE', `/organization/api/v1/alias/delete/${id}`, { authorization });
    expect((await remove(foreignToken)).text).toBe('{"error":{"message":"Alias not found"}}');
    expect((await remove(orgToken)).text).toBe('{"message":"Alias deleted successfully."}');
    expect([(await remove(orgToken)).status, (await see()).text, (await see('', aliasJwt(id))).text]).toEqual([404, '{"error":{"message":"NOT_FOUND","status":400}}', '{"error":{"message":"Alias not found"}}']);
  });

  it('takes ten wrong passcodes through all gateways and services, and then no passcode', async () => {
    const id = await newAlias({ passcode, jwt_secret: jwtSecret });
    const guess = async (n: number) => {
      const { status, headers } = await send('GET', `/api/v1/alias/${id}?passcode=wrong-${n}`, { gateway: n });
      return { status, retryAfter: Number(headers.get('retry-after')) };
    };
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => guess(n)));
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(90);
    for (const { status, retryAfter } of answers) if (status === 429) expect(retryAfter).toBeGreaterThan(800);
    for (const gateway of [0, 1]) {
      expect((await send('GET', `/api/v1/alias/${id}?passcode=${passcode}`, { gateway })).status).toBe(429);
      expect((await send('GET', `/api/v1/alias/${id}?passcode=${passcode}`, { gateway, authorization: aliasJwt(id) })).status).toBe(200);
      expect((await send('GET', `/api/v1/alias/${id}?passcode=${passcode}`, { gateway, authorization: orgToken })).status).toBe(200);
    }
  });
});

describe('The OpenTok server SDK', () => {
  it('makes sessions here, and tokens that connect', async () => {
    const client = { apiKey: org.apiKey, apiSecret: org.apiKeySecret, url: system.baseUrl };
    for (const [options, prefix] of [[{}, '1_'], [{ mediaMode: 'routed', archiveMode: 'always' }, '2_'], [{ location: '1.2.3.4' }, '1_']] as const) {
      const { ok: id = '', error } = await opentokSdk(client, 'createSession', options);
      expect([error, id.slice(0, 2)]).toEqual([undefined, prefix]);
      for (const t1 of [true, false]) {
        const { ok: token = '' } = await opentokSdk(client, 'generateToken', id, { role: 'moderator', data: 'x' }, t1);
        secret(token);
        expect(await send<Entry>('POST', `/session/${id}/connect`, { body: { token } })).toMatchObject({ status: 200, body: { content: { role: 'owner', capabilities: ['publish', 'subscribe', 'data', 'moderate'] } } });
      }
    }
  });

  it('is told that its secret is wrong', async () => {
    expect((await opentokSdk({ apiKey: org.apiKey, apiSecret: 'wrong', url: system.baseUrl }, 'createSession', {})).error?.message).toContain('Invalid API key or secret');
    expect((await opentokSdk({ apiKey: org.apiKey, apiSecret: org.apiKeySecret, url: system.baseUrl }, 'createSession', { location: '1.2.3.4' })).error).toBeUndefined();
  });

  it('takes the tokens of Parley for its own', async () => {
    const { body } = await send<{ id: string }>('POST', '/session', { authorization: `Bearer ${access}`, form: { mediaMode: 'routed', location: '1.2.3.4' } });
    const expiresAt = seconds() + 100;
    const issued = await send<{ token: string }>('POST', `/session/${body.id}/access`, { authorization: `Bearer ${access}`, form: { role: 'subscriber', expiresAt: String(expiresAt), data: 'a b' } });
    const { token } = issued.body;
    secret(token);
    expect([issued.status, issued.body]).toEqual([201, { token, role: 'subscriber', expiresAt, data: 'a b' }]);
    const [, key, sig, data] = /^partner_id=(.*)&sig=(.*?):(.*)$/.exec(Buffer.from(token.slice(4), 'base64').toString()) ?? [];
    expect([key, sig]).toEqual([org.apiKey, createHmac('sha1', org.apiKeySecret).update(data ?? '').digest('hex')]);
    expect(Object.fromEntries(new URLSearchParams(data))).toMatchObject({ session_id: body.id, expire_time: String(expiresAt), connection_data: 'a b', scope: 'session.connect' });
  });

  it('is not needed by anybody who tries it out', async () => {
    const { status, body } = await send<{ id: string }>('POST', '/session');
    expect(status).toBe(201);
    const { body: issued } = await send<{ token: string }>('POST', `/session/${body.id}/access`);
    expect((await send('POST', `/session/${body.id}/connect`, { form: { token: secret(issued.token) } })).status).toBe(200);
    expect(await send('POST', '/session', { body: { sid: 'room' } })).toMatchObject({ status: 401, body: { error: { code: 'token.missing' } } });
    expect(await send('POST', `/session/${body.id}/access`, { authorization: foreignToken.replace('prl', 'Bearer prl') })).toMatchObject({ status: 404 });
    expect((await send('POST', `/session/${body.id}/connect`, { body: { token: `T1==${'A'.repeat(80)}` } })).status).toBe(401);
  });
});

describe('One session', () => {
  it('is entered by a session link, an alias and an OpenTok token, five people in all, and has one record', async () => {
    const sid = `meeting ${randomUUID()}`;
    const ref = randomUUID();
    await send('POST', `/v1/orgs/${org.orgId}/subscriptions`, { authorization: `Bearer ${access}`, body: { ref, name: 'Dr', email: 'dr@example.test' } });
    const alias = await newAlias({ sid, jwt_secret: jwtSecret });
    const { body: opentok } = await send<{ id: string }>('POST', '/session', { authorization: `Bearer ${access}`, body: { sid } });

    const link = (un: string) => `/v1/session/${sign({ iss: org.apiKey, rle: 'owner', un, email: `${un}@example.test`, ref, sid, exp: seconds() + 600 }, org.apiKeySecret)}`;
    const byLink = (un: string) => send<Entry>('GET', link(un), { gateway: 1 });
    const byAlias = (user: string) => send<Entry>('POST', `/api/v1/alias/${alias}/join`, { authorization: aliasJwt(alias, { user_id: user }), body: { name: `Guest ${user}` } });
    const byToken = async (gateway = 0) => {
      const { ok: token } = await opentokSdk({ apiKey: org.apiKey, apiSecret: org.apiKeySecret }, 'generateToken', opentok.id, {}, true);
      return send<Entry>('POST', `/session/${opentok.id}/connect`, { body: { token }, gateway });
    };
    const claimsOf = ({ body }: Answer<Entry>) => JSON.parse(Buffer.from(body.content.accessToken.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

    const entered = [await byLink('Grey'), await byAlias('u1'), await byToken(), await byAlias('u2'), await byToken(1)];
    expect(entered.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(entered.map(claimsOf).map(({ sid: where, role, capabilities }) => [where, role, capabilities])).toEqual([
      [sid, 'owner', ['publish', 'subscribe', 'data', 'moderate']],
      ...[1, 2, 3, 4].map(() => [sid, 'guest', ['publish', 'subscribe', 'data']]),
    ]);
    const sixth = [await byLink('House'), await byAlias('u3'), await byToken()];
    expect(sixth.map(({ status, body }) => [status, body.error?.code])).toEqual([1, 2, 3].map(() => [409, 'session.full']));

    await send('DELETE', `/v1/orgs/${org.orgId}/sessions/${encodeURIComponent(sid)}`, { authorization: `Bearer ${access}` });
    const record = await eventually(async () => {
      const { body } = await send<{ content: { content: { ended: number | null; participants: { name: string }[] } }[] }>('GET', `/v1/orgs/${org.orgId}/calls?sid=${encodeURIComponent(sid)}`, { authorization: `Bearer ${access}` });
      return body.content[0]?.content.ended ? body.content[0].content : notYet('no record yet');
    }, { timeoutMs: 20_000 });
    expect(record.participants.map(({ name }) => name)).toEqual(['Grey', 'Guest u1', 'Publisher', 'Guest u2', 'Publisher']);
  });
});

it('Nothing of a secret is in a log, or in any table, the ledgers of events among them', async () => {
  expect(secrets.size).toBeGreaterThan(12);
  const logs = system.processes.map((each) => each.logs()).join('\n');
  const schemas = ['auth', 'subscription', 'session', 'call'];
  const dumps = await Promise.all(schemas.map((name) => runSql<{ dump: string }>(system.adminDatabaseUrl, `select schema_to_xml($1, false, false, '')::text as dump`, [name])));
  const tables = dumps.map(([row]) => row?.dump ?? '').join('\n');
  for (const whole of [logs, tables]) expect(whole.length).toBeGreaterThan(10_000);
  expect(tables).toContain('evt.session.alias-created.v1');
  const found = [...secrets].filter((text) => logs.includes(text) || tables.includes(text) || tables.includes(Buffer.from(text).toString('base64')));
  expect(found).toEqual([]);
});
