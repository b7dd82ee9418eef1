import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Es256Signer } from '@parley/jwt';
import { Sealer } from '@parley/persistence';
import { checkout, eventually, notYet, patiently, runSql, startSystem, type System, tempFolder } from '@parley/testing';
import type { JWK } from 'jose';
import { type CallAct, faultsOf } from './call-history.js';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers of many shapes, told apart by expectations
interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

const folder = tempFolder('calls');
const kek = join(folder.path, 'kek');
writeFileSync(kek, `test ${Buffer.alloc(32, 7).toString('base64url')}\n`, { mode: 0o600 });

let system: System;
let signer: Es256Signer;
let issuer: string;
/** Three applications of the org; the last one may not send tokens in parameters. */
let apps: string[];
let orgToken: string;

const now = (): number => Math.floor(Date.now() / 1000);

/** An access token as the OAuth flow for people gives it: an application, for a user. */
function tokenFor(userId: string, clientId: string, orgId = system.orgId): Promise<string> {
  return signer.sign({ iss: issuer, aud: 'urn:parley:api', sub: userId, client_id: clientId, org_id: orgId, scope: 'call', jti: randomUUID(), iat: now(), exp: now() + 3600 });
}

async function send(method: string, path: string, { token, gateway = 0, headers = {}, body }: { token?: string; gateway?: number; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  const response = await fetch(`${system.baseUrls[gateway]}${path}`, { method, redirect: 'manual', headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers }, ...(body === undefined ? {} : { body }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const admin = async (method: string, path: string, body?: object, token = system.adminToken): Promise<{ status: number; body: Json }> => {
  const { status, text } = await send(method, `/admin/v1${path}`, { token, ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}) });
  return { status, body: JSON.parse(text) as Json };
};

const handleOf = ({ headers }: Answer): string => new URL(headers.get('location') ?? 'http://x').searchParams.get('token_call') ?? '';
const place = (token: string, gateway = 0) => send('POST', '/rest/call?number=1', { token, gateway });
const stop = (token: string, handle: string, gateway = 0) => send('PUT', `/rest/call?token_call=${handle}`, { token, gateway });
const list = async (token: string): Promise<{ info: { token: string } }[]> => JSON.parse((await send('GET', '/rest/call', { token })).text) as { info: { token: string } }[];

async function newUser(limits?: object): Promise<{ userId: string; username: string; tokens: string[] }> {
  const username = `user ${randomUUID()}`;
  const { userId } = (await admin('POST', `/orgs/${system.orgId}/users`, { username, password: 'a password' })).body as { userId: string };
  if (limits) await admin('PATCH', `/orgs/${system.orgId}/users/${userId}`, { limits });
  return { userId, username, tokens: await Promise.all(apps.map((app) => tokenFor(userId, app))) };
}

beforeAll(async () => {
  system = await startSystem({ copies: { 'api-gateway': 2, 'call-service': 2 }, env: { 'auth-service': { PARLEY_KEK_FILE: kek } } });
  const register = async (n: number) => (await admin('POST', `/orgs/${system.orgId}/clients`, { name: `App ${n}`, clickToCall: 'code', queryToken: n < 2, redirectUris: ['https://app.test/'] })).body['clientId'] as string;
  apps = await Promise.all([0, 1, 2].map(register));
  const [key] = await runSql<{ kid: string; sealed: string }>(system.adminDatabaseUrl, `select kid, sealed from auth.signing_key where state = 'active'`);
  const jwk = JSON.parse(Sealer.fromFile(kek).open(key!.sealed, { table: 'signing_key', row: key!.kid, org: '' })) as JWK & { kid: string };
  signer = await Es256Signer.of(jwk, 'at+jwt');
  const basic = Buffer.from(`${system.apiKey}:${system.apiKeySecret}`).toString('base64');
  const granted = await fetch(`${system.baseUrl}/v1/auth/token`, { method: 'POST', headers: { authorization: `Basic ${basic}` }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
  orgToken = ((await granted.json()) as { access_token: string }).access_token;
  issuer = (JSON.parse(Buffer.from(orgToken.split('.')[1]!, 'base64url').toString()) as { iss: string }).iss;
}, 120_000);

afterAll(async () => {
  const broken = system.processes.filter((each) => /"status":500|"level":"error"/.test(each.logs())).map(({ name }) => name);
  await system.stop();
  folder.remove();
  expect(broken).toEqual([]);
});

/** No answer, or one that says so: it may have been done. */
function outcomeOf(answer: Answer | undefined): CallAct['outcome'] {
  if (!answer || answer.text.includes('"outcome":"unknown"')) return 'unknown';
  if (answer.status === 409) return 'refused';
  return answer.status < 300 ? 'done' : 'failed';
}

describe('calls of a user', () => {
  it('are placed, shown, listed and stopped, through any application of the user', async () => {
    const { tokens, username } = await newUser();
    const placed = await place(tokens[0]!);
    expect([placed.status, placed.text, placed.headers.get('location')]).toEqual([201, '', `${system.baseUrl}/rest/call?token_call=${handleOf(placed)}`]);

    const shown = await send('GET', `/rest/call?token_call=${handleOf(placed)}`, { token: tokens[1]!, gateway: 1 });
    expect(JSON.parse(shown.text)).toEqual({
      info: { duration: expect.stringMatching(/^0:00:0\d$/), number: '1', token: handleOf(placed), start: expect.stringMatching(/^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/), end: 'Call Ongoing' },
      user: { username },
    });
    expect((await list(tokens[2]!)).map(({ info }) => info.token)).toEqual([handleOf(placed)]);

    const stopped = await stop(tokens[1]!, handleOf(placed));
    expect([stopped.status, stopped.headers.get('location')]).toEqual([200, placed.headers.get('location')]);
    const over = (await send('GET', `/rest/call?token_call=${handleOf(placed)}`, { token: tokens[0]! })).text;
    expect([(await stop(tokens[0]!, handleOf(placed))).status, (await send('GET', `/rest/call?token_call=${handleOf(placed)}`, { token: tokens[0]! })).text]).toEqual([200, over]);
    expect(await list(tokens[0]!)).toEqual([]);

    const stranger = await newUser();
    expect([(await stop(stranger.tokens[0]!, handleOf(placed))).status, (await send('GET', `/rest/call?token_call=${handleOf(placed)}`, { token: stranger.tokens[0]! })).status]).toEqual([409, 409]);
  });

  it('are placed with a token in a parameter by applications that may, and by no other', async () => {
    const { tokens } = await newUser();
    const byForm = (token: string) => send('POST', '/rest/call', { headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/xml' }, body: `number=1&access_token=${token}` });

    expect([(await byForm(tokens[0]!)).status, (await send('POST', `/rest/call?number=1&access_token=${tokens[1]!}`)).status]).toEqual([201, 201]);
    const refused = await byForm(tokens[2]!);
    expect([refused.status, refused.headers.get('www-authenticate'), refused.text]).toEqual([401, 'Bearer error="invalid_token"', expect.stringContaining('<error code="token.place">')]);
    const full = await byForm(tokens[0]!);
    expect([full.status, full.text]).toEqual([409, expect.stringMatching(/<error limit="2" current="2" retryAt="\d+" code="call.limit">/)]);
  });

  it('are exactly as many as the limit: 200 at once, through three applications, two gateways and two services', async () => {
    const { tokens } = await newUser();
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => patiently(() => place(tokens[n % 3]!, n % 2))));
    process.stdout.write(`200 calls of one user at once: ${(performance.now() - began).toFixed(0)} ms\n`);

    const counts = Object.fromEntries([201, 409].map((status) => [status, answers.filter((each) => each.status === status).length]));
    expect(counts).toEqual({ 201: 2, 409: 198 });
    expect(await list(tokens[0]!)).toHaveLength(2);
    for (const answer of answers.filter(({ status }) => status === 201)) await stop(tokens[0]!, handleOf(answer));
    expect([(await place(tokens[0]!)).status, (await place(tokens[1]!, 1)).status, (await place(tokens[2]!)).status]).toEqual([201, 201, 409]);
  });

  it('follow a limit that is changed, which ends none of them', async () => {
    const { userId, tokens } = await newUser();
    for (const token of [tokens[0]!, tokens[1]!]) expect((await place(token)).status).toBe(201);
    const set = (callsPerUser: number) => admin('PATCH', `/orgs/${system.orgId}/users/${userId}`, { limits: { callsPerUser } });

    await set(3);
    await eventually(async () => ((await place(tokens[0]!)).status === 201 ? true : notYet('the limit is still the old one')));
    await set(1);
    await eventually(async () => {
      const { limit } = JSON.parse((await place(tokens[0]!)).text) as { limit: number };
      return limit === 1 ? true : notYet(`the limit is ${limit}`);
    });
    expect(await list(tokens[0]!)).toHaveLength(3);
  });

  it('hold the limit, and lose no slot, while a service is killed again and again', async () => {
    const LIMIT = 3;
    const { userId, tokens } = await newUser({ callsPerUser: LIMIT });
    const acts: CallAct[] = [];
    const until = performance.now() + 6_000;
    const noted = async (kind: CallAct['kind'], work: () => Promise<Answer>, token?: string): Promise<Answer | undefined> => {
      const began = performance.now();
      const answer = await work().catch(() => undefined);
      const outcome = outcomeOf(answer);
      const handle = token ?? (answer?.status === 201 ? handleOf(answer) : undefined);
      acts.push({ kind, began, ended: performance.now(), outcome, ...(handle ? { token: handle } : {}) });
      return answer;
    };
    const worker = async (n: number): Promise<void> => {
      while (performance.now() < until) {
        const answer = await noted('place', () => place(tokens[n % 3]!, n % 2));
        if (answer?.status !== 201) continue;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        const handle = handleOf(answer);
        while ((await noted('stop', () => stop(tokens[(n + 1) % 3]!, handle, (n + 1) % 2), handle))?.status !== 200);
      }
    };
    const killer = async (): Promise<void> => {
      for (let n = 0; performance.now() < until - 1_500; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        system.processes.find(({ name, index }) => name === 'call-service' && index === n % 2)?.kill('SIGKILL');
        await system.restart('call-service', n % 2);
      }
    };
    await Promise.all([killer(), ...Array.from({ length: 8 }, (_, n) => worker(n))]);

    const count = (kind: string, outcome: string) => acts.filter((act) => act.kind === kind && act.outcome === outcome).length;
    process.stdout.write(`acts on one user's calls under kill -9: ${acts.length}; placed ${count('place', 'done')}, refused ${count('place', 'refused')}, failed ${count('place', 'failed')}, unknown ${count('place', 'unknown')}\n`);
    expect(faultsOf(acts, LIMIT)).toEqual([]);
    expect(count('place', 'done')).toBeGreaterThan(20);
    const [slots] = await runSql<{ slots: string; ongoing: string; most: number }>(
      system.adminDatabaseUrl,
      `select (select count(*) from call.call_slot where user_id = $1) as slots, (select count(*) from call.placed_call where user_id = $1 and ended is null) as ongoing`,
      [userId],
    );
    expect(slots!.slots).toBe(slots!.ongoing);
    for (const { info } of await list(tokens[0]!)) await stop(tokens[0]!, info.token); // those whose placing nobody was told of
    const again = [];
    for (let n = 0; n <= LIMIT; n += 1) again.push((await place(tokens[n % 3]!, n % 2)).status);
    expect(again).toEqual([...Array<number>(LIMIT).fill(201), 409]);
  }, 120_000);
});

describe('a call is a session', () => {
  it('that is entered as any, which moves the call; its bridge ends it', async () => {
    const { tokens, userId } = await newUser();
    const handle = handleOf(await place(tokens[0]!));
    const { id } = (await admin('GET', `/calls?org=${system.orgId}&status=ongoing&username=${encodeURIComponent((await admin('GET', `/orgs/${system.orgId}/users/${userId}`)).body['username'] as string)}`)).body['items'][0] as { id: string };
    const resource = async () => JSON.parse((await send('GET', `/v1/orgs/${system.orgId}/calls/${id}`, { token: orgToken })).text) as Json;
    expect((await resource())['content']).toMatchObject({ callId: id, sessionId: `call:${id}`, userId, number: '1', state: 'queued', ongoing: true, ended: null });

    const ref = randomUUID();
    await send('POST', `/v1/orgs/${system.orgId}/subscriptions`, { token: orgToken, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ref, email: 'a@b.test', name: 'n' }) });
    const link = (claims: object): string => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: system.apiKey, un: 'x', ref, sid: `call:${id}`, iat: now(), exp: now() + 600, ...claims })}`;
      return `/v1/session/${signed}.${createHmac('sha256', system.apiKeySecret).update(signed).digest('base64url')}`;
    };
    expect((await send('GET', link({ rle: 'owner', email: 'a@b.test' }))).status).toBe(200);
    await eventually(async () => ((await resource())['content'].state === 'ringing' ? true : notYet('not ringing')));
    expect((await send('GET', link({ rle: 'guest' }))).status).toBe(200);
    await eventually(async () => ((await resource())['content'].state === 'in-progress' ? true : notYet('not in progress')));

    const report = (state: string) => send('POST', `/v1/orgs/${system.orgId}/calls/${id}/events`, { token: orgToken, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ state }) });
    expect([(await report('ringing')).status, (await report('queued')).status, (await report('completed')).status, (await report('completed')).status, (await report('failed')).status]).toEqual([409, 400, 200, 200, 409]);
    expect((await resource())['content']).toMatchObject({ state: 'completed', endReason: 'bridge', ongoing: false });
    expect(JSON.parse((await send('GET', `/rest/call?token_call=${handle}`, { token: tokens[0]! })).text)['info'].end).not.toBe('Call Ongoing');
    expect(await list(tokens[0]!)).toEqual([]);
  });
});

describe('administration of calls', () => {
  it('lists, shows, ends, and tells the status of a user', async () => {
    const { tokens, username, userId } = await newUser();
    await place(tokens[0]!);
    const listed = (await admin('GET', `/calls?username=${encodeURIComponent(username)}`)).body;
    const [call] = listed['items'] as Json[];
    expect(call).toEqual({ id: call!['id'], orgId: system.orgId, userId, username, clientId: apps[0], number: '1', state: 'ongoing', start: expect.any(Number), end: null, durationSeconds: expect.any(Number), endReason: null });
    const status = (await admin('GET', `/orgs/${system.orgId}/users/${encodeURIComponent(username)}/status`)).body;
    expect(status).toMatchObject({ username, loggedIn: false, ongoingCalls: 1, limit: 2, freeSlots: 1, calls: [{ id: call!['id'] }] });
    expect((await admin('GET', `/orgs/${system.orgId}/users/${userId}/status`)).body['ongoingCalls']).toBe(1);

    const ended = await admin('POST', `/calls/${call!['id']}/end`);
    expect([ended.status, ended.body]).toEqual([200, { ...call, state: 'ended', end: expect.any(Number), durationSeconds: expect.any(Number), endReason: 'admin' }]);
    expect(await admin('POST', `/calls/${call!['id']}/end`)).toEqual(ended);
    expect((await admin('GET', `/calls/${call!['id']}`)).body).toEqual(ended.body);
  });

  it('sets limits for everyone', async () => {
    const limitEveryone = async (callsPerUser: number | null) => (await admin('PATCH', '/settings', { limits: { callsPerUser } })).body;
    expect((await admin('GET', '/settings')).body).toEqual({ limits: { callsPerUser: 2, ongoingCalls: null } });
    expect(await limitEveryone(5)).toEqual({ limits: { callsPerUser: 5, ongoingCalls: null } });
    expect(await limitEveryone(null)).toEqual({ limits: { callsPerUser: 2, ongoingCalls: null } });
  });

  it('is done from the command line, too', async () => {
    const { tokens, username } = await newUser();
    await place(tokens[0]!);
    const env = { PATH: process.env['PATH'], PARLEY_URL: system.baseUrl, PARLEY_ADMIN_TOKEN: system.adminToken };
    const parley = async (...args: string[]): Promise<unknown> => JSON.parse((await promisify(execFile)(process.execPath, ['tools/cli/main.mjs', ...args, '--json'], { cwd: checkout, env })).stdout);

    const [call] = (await parley('calls', 'list', '--username', username, '--status', 'ongoing', '--from', new Date(Date.now() - 60_000).toISOString())) as [{ id: string }];
    expect(await parley('users', 'status', username, '--org', system.orgId)).toMatchObject({ ongoingCalls: 1, calls: [{ id: call.id }] });
    expect(await parley('calls', 'end', call.id)).toMatchObject({ id: call.id, endReason: 'admin' });
    expect(await parley('calls', 'get', call.id)).toMatchObject({ state: 'ended' });
  });

  it('reaches the own org only', async () => {
    const { tokens } = await newUser();
    await place(tokens[0]!);
    const [{ id }] = (await admin('GET', `/calls?org=${system.orgId}&status=ongoing`)).body['items'] as [{ id: string }];
    const orgId = (await admin('POST', '/orgs', { name: 'Elsewhere' })).body['orgId'] as string;
    const { clientId, clientSecret } = (await admin('POST', `/orgs/${orgId}/clients`, { name: 'Admin', scopes: ['admin'] })).body;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const granted = await fetch(`${system.baseUrl}/oauth/token`, { method: 'POST', headers: { authorization: `Basic ${basic}` }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
    const { access_token: theirs } = (await granted.json()) as { access_token: string };

    const statuses = await Promise.all([admin('GET', '/calls', undefined, theirs), admin('GET', `/calls?org=${system.orgId}`, undefined, theirs), admin('GET', `/calls/${id}`, undefined, theirs), admin('POST', `/calls/${id}/end`, undefined, theirs)]);
    expect(statuses.map(({ status, body }) => [status, body['code'] ?? body['items']])).toEqual([[200, []], [404, 'org.not_found'], [404, 'call.not_found'], [404, 'call.not_found']]);
    expect((await admin('GET', '/calls', undefined, tokens[0])).status).toBe(403);
  });

  it('exports as CSV and NDJSON, by name and by Accept', async () => {
    const { tokens, username } = await newUser();
    await send('POST', `/rest/call?number=${encodeURIComponent('=1+"1"')}`, { token: tokens[0]! });
    const path = `/admin/v1/calls?username=${encodeURIComponent(username)}`;
    const csv = await send('GET', `${path}&format=csv`, { token: system.adminToken });
    const [head, row, ...rest] = csv.text.split('\r\n');

    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect([head, rest]).toEqual(['id,orgId,userId,username,clientId,number,state,start,end,durationSeconds,endReason', ['']]);
    expect(row).toContain(`,"'=1+""1""",ongoing,`);
    const ndjson = await send('GET', path, { token: system.adminToken, headers: { accept: 'application/x-ndjson' } });
    expect(JSON.parse(ndjson.text)).toMatchObject({ username, number: '=1+"1"' });
    for (const query of ['format=xml', 'status=gone', 'state=gone', 'from=x', 'from=999999999999999', 'limit=0', 'after=x', 'username=%00', 'org=a&org=b']) {
      expect([query, (await send('GET', `/admin/v1/calls?${query}`, { token: system.adminToken })).status]).toEqual([query, 400]);
    }
  });
});
