import { eventually, notYet, startSystem, type System } from '@parley/testing';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers of many shapes, told apart by expectations
interface Answer {
  status: number;
  location: string;
  body: Json;
}

const person = { username: 'ada', password: 'correct horse battery' };
let system: System;
/** Of the person, as the documented flow gives it: log in, agree. */
let token: string;
let orgToken: string;
let clientId: string;
/** Of the browser in which the person is logged in. */
let cookie: string;

async function ask(path: string, { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string | URLSearchParams } = {}): Promise<Answer & { cookies: string[] }> {
  const response = await fetch(new URL(path, system.baseUrl), { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, location: response.headers.get('location') ?? '', cookies: response.headers.getSetCookie(), body: (/^[[{]/.test(text) ? JSON.parse(text) : {}) as Json };
}
const bearer = (value: string, more: Record<string, string> = {}) => ({ authorization: `Bearer ${value}`, ...more });
const admin = (method: string, path: string, body?: object) =>
  ask(`/admin/v1${path}`, { method, headers: bearer(system.adminToken, body ? { 'content-type': 'application/json' } : {}), ...(body ? { body: JSON.stringify(body) } : {}) });
const ofOrg = (path: string) => ask(`/v1/orgs/${system.orgId}${path}`, { headers: bearer(orgToken) });

/** The implicit flow of a browser without a page. */
async function logIn(): Promise<string> {
  const redirectUri = `${system.baseUrl}/test`;
  await admin('POST', `/orgs/${system.orgId}/users`, person);
  const wishes = { name: 'Phone', clickToCall: 'implicit', queryToken: true, redirectUris: [redirectUri] };
  clientId = (await admin('POST', `/orgs/${system.orgId}/clients`, wishes)).body['clientId'] as string;
  const fields = { client_id: clientId, response_type: 'token', redirect_uri: redirectUri, scope: 'call' };
  const entered = await ask('/auth/login', { method: 'POST', body: new URLSearchParams({ ...fields, ...person }) });
  cookie = entered.cookies.map((line) => line.split(';')[0]).join('; ');
  const granted = await ask('/auth/grant', { method: 'POST', headers: { cookie }, body: new URLSearchParams({ ...fields, grant: 'true' }) });
  expect([entered.status, entered.body, granted.status, granted.body]).toEqual([303, {}, 303, {}]);
  return new URLSearchParams(new URL(granted.location).hash.slice(1)).get('access_token') ?? '';
}

/** As the original documents it; the id is the org's to see. */
async function place(fields: Record<string, string> = {}): Promise<{ handle: string; id: string }> {
  const placed = await ask('/rest/call', { method: 'POST', headers: { authentication: `Bearer ${token}` }, body: new URLSearchParams({ number: '+4722225555', ...fields }) });
  expect(placed.status).toBe(201);
  const [call] = (await admin('GET', `/calls?org=${system.orgId}&status=ongoing`)).body['items'] as Json[];
  return { handle: new URL(placed.location).searchParams.get('token_call') ?? '', id: call?.['id'] as string };
}
const stop = (handle: string) => ask(`/rest/call?token_call=${handle}&access_token=${token}`, { method: 'PUT' });
const contentOf = async (id: string): Promise<Json> => (await ofOrg(`/calls/${id}`)).body['content'] as Json;
const urlsOf = async (id: string): Promise<string[]> => ((await contentOf(id))['parties'] as { entry_url: string }[]).map(({ entry_url }) => entry_url);
const becomes = (id: string, state: string) => eventually(async () => ((await contentOf(id))['state'] === state ? true : notYet(`not ${state}`)));

beforeAll(async () => {
  system = await startSystem();
  token = await logIn();
  const basic = Buffer.from(`${system.apiKey}:${system.apiKeySecret}`).toString('base64');
  orgToken = (await ask('/v1/auth/token', { method: 'POST', headers: { authorization: `Basic ${basic}` }, body: new URLSearchParams({ grant_type: 'client_credentials' }) })).body['access_token'] as string;
}, 120_000);
afterAll(() => system.stop());

describe('a call that a user places', () => {
  it('is entered by both through their links until it is stopped, and leaves one record and its usage', async () => {
    const { handle, id } = await place();
    const [caller = '', callee = ''] = await urlsOf(id);
    expect([caller, callee]).toEqual(Array(2).fill(expect.stringMatching(new RegExp(`^${system.baseUrl}/v1/session/ey[\\w.-]+$`))));

    expect((await ask(caller)).status).toBe(200);
    await becomes(id, 'ringing');
    expect((await ask(callee)).status).toBe(200);
    await becomes(id, 'in-progress');
    expect((await ofOrg(`/sessions/call:${id}`)).body['content']).toMatchObject({ state: 'open', participants: 2 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));

    expect((await stop(handle)).status).toBe(200);
    await eventually(async () => ((await ask(caller)).status === 403 ? true : notYet('the link still leads in')));
    const refused = await ask(callee);
    expect([refused.status, refused.body['error']?.code ?? refused.body['code']]).toEqual([403, 'link.revoked']);
    expect(await contentOf(id)).toMatchObject({ state: 'completed', endReason: 'stopped', parties: [{ party: 'caller', name: 'ada', entry_url: null }, { party: 'callee', name: '+4722225555', entry_url: null }] });

    const [record] = await eventually(async () => {
      const records = (await ofOrg(`/calls?sid=call:${id}`)).body['content'] as Json[];
      return records[0]?.['content'].ended ? records : notYet('the record goes on');
    });
    expect(record?.['content']).toMatchObject({ sessionId: `call:${id}`, endReason: 'ended' });
    const people = record?.['content'].participants as { name: string; role: string; joined: number; left: number }[];
    expect(new Set(people.map(({ name, role }) => `${name}, ${role}`))).toEqual(new Set(['ada, owner', '+4722225555, guest'])); // whoever asks until it is over may get in again
    const seconds = people.reduce((sum, { joined, left }) => sum + left - joined, 0);
    const [usage] = (await ofOrg('/usage')).body['content'] as Json[];
    expect([usage?.['content'].participantSeconds, (await ofOrg('/usage/reconcile')).body['content'].differences]).toEqual([seconds, []]);
  });

  it('ends when the last one has left, where it was placed so', async () => {
    const { id } = await place({ autoEnd: 'true' });
    const [caller = ''] = await urlsOf(id);
    const { content } = (await ask(caller)).body as { content: { entryId: string; accessToken: string } };
    await becomes(id, 'ringing');
    await ask(`/v1/orgs/${system.orgId}/sessions/call:${id}/entries/${content.entryId}`, { method: 'DELETE', headers: bearer(content.accessToken) });
    await becomes(id, 'canceled');
    expect((await contentOf(id))['endReason']).toBe('left');
    await eventually(async () => ((await ask(caller)).status === 403 ? true : notYet('the link still leads in')));
  });

  it('is placed while nobody can enter it, and entered as soon as somebody can', async () => {
    system.processes.find(({ name }) => name === 'session-service')?.kill('SIGKILL');
    const { handle, id } = await place();
    expect([(await ofOrg(`/calls/${id}`)).status, await urlsOf(id)]).toEqual([200, [null, null]]);
    await system.restart('session-service');

    const [caller = ''] = await eventually(async () => {
      const urls = await urlsOf(id);
      return urls.every((url) => typeof url === 'string') ? urls : notYet('no links');
    });
    expect((await ask(caller)).status).toBe(200);
    await stop(handle);
  });

  it('is ended by an administrator, which the audit log tells; the user’s login shows', async () => {
    const { id } = await place();
    expect((await admin('GET', `/orgs/${system.orgId}/users/ada/status`)).body).toMatchObject({ loggedIn: true, ongoingCalls: 1, freeSlots: 1 });
    await ask('/auth/logout', { headers: { cookie } });
    expect((await admin('GET', `/orgs/${system.orgId}/users/ada/status`)).body).toMatchObject({ loggedIn: false });
    const end = async () => (await admin('POST', `/calls/${id}/end`)).body;
    expect([await end(), await end()]).toMatchObject(Array(2).fill({ id, endReason: 'admin' }));
    const acts = await eventually(async () => {
      const { items } = (await admin('GET', `/audit?org=${system.orgId}&limit=1000`)).body as { items: Json[] };
      const found = items.filter(({ target }) => (target as Json)['id'] === id);
      return found.length > 0 ? found : notYet('not in the audit log');
    });
    expect(acts).toMatchObject([{ act: 'call.ended', who: { kind: 'operator' }, target: { kind: 'call', id }, details: { username: 'ada' } }]);
  });

  it('leaves no link and no token in a log', () => {
    const logs = system.processes.map((each) => each.logs()).join('\n');
    expect(logs).not.toMatch(/session\/ey[\w-]+\.ey[\w-]+\.[\w-]{40}|access_token=ey/);
    expect(logs).not.toContain(token.slice(token.lastIndexOf('.')));
  });
});
