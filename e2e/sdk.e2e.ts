import { createRequire } from 'node:module';
import { stringify } from 'node:querystring';
import { sharedSystem, type SharedSystem } from '@parley/testing';

interface Participant {
  participant_id: string;
  session_id: string;
  client_id: string;
  display_name: string | null;
  role: string;
  picture: string | null;
  state: string | null;
  entry_url: string;
  deleted_at: string | null;
}
interface Session {
  session_id: string;
  team_id: string;
  client_id: string;
  session_name: string | null;
  start_time: string;
  end_time: string;
  picture: string | null;
  participants: Participant[];
  canceled_time: string | null;
}
interface Page {
  content: Session[];
  page: number;
  page_size: number;
  more: boolean;
}

/** A request that the SDK has described. */
interface Described<T> {
  query(parameters: object): Described<T>;
  run(): Promise<T>;
}
/** What `coviu-sdk-api` exports for a service: descriptions of requests (its libs/sessions.js). */
interface Sdk {
  sessions: {
    createSession(session: object): Described<Session>;
    getSession(id: string): Described<Session>;
    getSessions(query: object): Described<Page>;
    updateSession(id: string, update: object): Described<Session>;
    deleteSession(id: string): Described<{ ok: boolean }>;
    getSessionParticipants(id: string): Described<Participant[]>;
    addParticipant(id: string, participant: object): Described<Participant>;
    getParticipant(id: string): Described<Participant>;
    updateParticipant(id: string, update: object): Described<Participant>;
    deleteParticipant(id: string): Described<{ ok: boolean }>;
  };
}

let system: SharedSystem;
let grant: { access_token: string; refresh_token: string };

beforeAll(async () => {
  system = await sharedSystem('SDK');
  grant = await token({ grant_type: 'client_credentials' });
}, 120_000);

async function token(form: Record<string, string>): Promise<typeof grant> {
  const authorization = `Basic ${Buffer.from(`${system.apiKey}:${system.apiKeySecret}`).toString('base64')}`;
  const response = await fetch(`${system.baseUrl}/v1/auth/token`, { method: 'POST', headers: { authorization, accept: 'application/json' }, body: new URLSearchParams(form) });
  return (await response.json()) as typeof grant;
}

/** Carries out what the SDK describes, as the vendor's own interpreters do: HOST + PATH, a query by `querystring`, JSON where it says so. */
function service(parts: Record<string, unknown> = {}): Record<string, (value?: unknown) => unknown> {
  const set = (name: string) => (value: unknown) => service({ ...parts, [name]: value });
  const method = (name: string) => () => service({ ...parts, method: name });
  return {
    ...{ get: method('GET'), post: method('POST'), put: method('PUT'), del: method('DELETE') },
    ...{ path: set('path'), body: set('body'), json: set('json'), query: set('query'), bodyShape: set('bodyShape'), queryShape: set('queryShape') },
    subpath: (value) => service({ ...parts, path: `${String(parts['path'])}${String(value)}` }),
    run: () => carryOut(parts),
  };
}

async function carryOut({ method, path, json, body, query }: Record<string, unknown>): Promise<unknown> {
  const encoded = stringify(query as Record<string, string> | undefined);
  const response = await fetch(`${system.baseUrl}/v1${String(path)}${encoded ? `?${encoded}` : ''}`, {
    method: String(method),
    headers: { authorization: `Bearer ${grant.access_token}`, ...(json ? { accept: 'application/json', 'content-type': 'application/json' } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = JSON.parse(await response.text()) as unknown;
  if (!response.ok) throw Object.assign(new Error('http request failed'), { statusCode: response.status, body: answer });
  return answer;
}

const later = (ms: number): string => new Date(Date.now() + ms).toUTCString();
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'it went well', ({ statusCode, body }: { statusCode: number; body: { error: { code: string } } }) => [statusCode, body.error.code]);

describe('V.1: the published JavaScript SDK, unmodified', () => {
  const { sessions } = (createRequire(import.meta.url)('coviu-sdk-api') as (service: unknown) => Sdk)(service());
  let session: Session;
  let host: Participant;
  let guest: Participant;

  it('decodes the access token and finds the user in it', () => {
    const claims = JSON.parse(Buffer.from(grant.access_token.split('.')[1] ?? '', 'base64url').toString()) as { userId?: string };
    expect(claims.userId).toEqual(expect.any(String));
  });

  it('reads the sessions there are', async () => {
    expect(await sessions.getSessions({}).run()).toEqual({ content: [], page: 0, page_size: 200, more: false });
  });

  it('creates a session; what came in RFC 1123 goes out so', async () => {
    const example = { session_name: 'Example', start_time: later(30_000), end_time: later(3_600_000), picture: 'http://www.fillmurray.com/200/300' };
    session = await sessions.createSession(example).run();
    expect(session).toEqual({
      ...example,
      ...{ session_id: expect.any(String), team_id: system.orgId, client_id: system.apiKey, participants: [], canceled_time: null, feature_flags: [] },
    });
  });

  it('adds a host and a guest', async () => {
    const about = { picture: 'http://fillmurray.com/200/300', state: 'test-state' };
    host = await sessions.addParticipant(session.session_id, { display_name: 'Dr. Who', role: 'host', ...about }).run();
    guest = await sessions.addParticipant(session.session_id, { display_name: 'Briely', role: 'guest', ...about }).run();
    expect(host).toEqual({
      ...{ participant_id: expect.any(String), session_id: session.session_id, client_id: system.apiKey, display_name: 'Dr. Who', role: 'HOST', ...about },
      ...{ entry_url: expect.stringContaining(`${system.baseUrl}/v1/session/`), deleted_at: null, coviu_user_id: null },
    });
    expect(guest.role).toBe('GUEST');
    const found = await sessions.getSession(session.session_id).run();
    expect(found.participants.map(({ role }) => role)).toEqual(['HOST', 'GUEST']);
  });

  it('makes the guest a host under another name', async () => {
    expect(await sessions.updateParticipant(guest.participant_id, { role: 'HOST', display_name: 'New' }).run()).toMatchObject({ role: 'HOST', display_name: 'New', state: 'test-state' });
    expect(await sessions.getSessionParticipants(session.session_id).run()).toHaveLength(2);
    expect(await sessions.getParticipant(host.participant_id).run()).toMatchObject({ participant_id: host.participant_id, session_id: session.session_id });
  });

  it('V.10: `entry_url` lets the person in, and shows a browser a page', async () => {
    const entered = await fetch(host.entry_url, { headers: { accept: 'application/json' } });
    expect([entered.status, await entered.json()]).toMatchObject([200, { content: { name: 'Dr. Who', role: 'owner', sessionId: session.session_id, subscriptionId: null } }]);
    const page = await fetch(guest.entry_url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type'), await page.text()]).toMatchObject([200, 'text/html; charset=utf-8', expect.stringContaining('You come as the host')]);
  });

  it('moves the session; an unknown field is ignored', async () => {
    const update = { start_time: later(36_000_000), end_time: later(72_000_000), picture: 'example', display_name: 'ignored' };
    const { start_time, end_time, picture, session_name } = await sessions.updateSession(session.session_id, update).run();
    expect({ start_time, end_time, picture, session_name }).toEqual({ start_time: update.start_time, end_time: update.end_time, picture: 'example', session_name: 'Example' });
  });

  it('V.11: removes a participant, who is shown with the flag', async () => {
    expect(await sessions.deleteParticipant(guest.participant_id).run()).toEqual({ ok: true });
    expect((await sessions.getSession(session.session_id).run()).participants).toHaveLength(1);
    const shown = await sessions.getSession(session.session_id).query({ deleted_participants: true }).run();
    expect(shown.participants.map(({ deleted_at }) => deleted_at === null)).toEqual([true, false]);
    expect((await fetch(guest.entry_url)).status).toBe(403);
  });

  it('V.6: cancels; the session is 401 by its id and listed with the flag', async () => {
    expect(await sessions.deleteSession(session.session_id).run()).toEqual({ ok: true });
    expect(await failure(sessions.getSession(session.session_id).run())).toEqual([401, 'session.cancelled']);
    expect((await sessions.getSessions({}).run()).content).toEqual([]);
    const { content } = await sessions.getSessions({ include_canceled: true }).run();
    expect(content.map(({ session_id, canceled_time }) => [session_id, canceled_time])).toEqual([[session.session_id, expect.stringMatching(/ GMT$/)]]);
    expect((await fetch(host.entry_url)).status).toBe(403);
  });
});

/** What the PHP SDK sends (its src/Request.php): `Accept` always, a type with JSON only, slashes escaped, flags as 1 and 0, `?` before an empty query. */
async function php<T>(method: string, path: string, { body, query }: { body?: object; query?: Record<string, string> } = {}): Promise<T> {
  const response = await fetch(`${system.baseUrl}/v1${path}${query ? `?${new URLSearchParams(query)}` : ''}`, {
    method,
    headers: { authorization: `Bearer ${grant.access_token}`, accept: 'application/json', 'user-agent': 'php-requests/1.6.0', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body).replaceAll('/', '\\/') } : {}),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  return (await response.json()) as T;
}

/** `DateTime::ISO8601`, which has no colon in its zone, and `DateTime::ATOM`. */
const iso8601 = (ms: number): string => `${new Date(Date.now() + ms).toISOString().slice(0, 19)}+0000`;
const atom = (ms: number): string => `${new Date(Date.now() + ms + 7_200_000).toISOString().slice(0, 19)}+02:00`;

it('I: a session that is planned twice under one key is planned once', async () => {
  const body = JSON.stringify({ start_time: later(60_000), end_time: later(600_000), participants: [{ display_name: 'Ann' }] });
  const headers = { authorization: `Bearer ${grant.access_token}`, 'content-type': 'application/json', 'idempotency-key': 'plan-once' };
  const plan = async () => (await (await fetch(`${system.baseUrl}/v1/sessions`, { method: 'POST', headers, body })).json()) as Session;
  const [first, second] = [await plan(), await plan()];
  expect([second.session_id, second.participants[0]?.participant_id]).toEqual([first.session_id, first.participants[0]?.participant_id]);
  expect((await fetch(second.participants[0]?.entry_url ?? '', { headers: { accept: 'application/json' } })).status).toBe(200);
});

describe('V.1: the requests of the published PHP SDK', () => {
  it('refreshes its grant at once', async () => {
    grant = await token({ grant_type: 'refresh_token', refresh_token: grant.refresh_token });
    expect(grant.access_token).toEqual(expect.any(String));
  });

  it('asks for the team and the sessions, with an empty query', async () => {
    expect(await php('GET', '/user/team')).toEqual({ name: expect.any(String), team_id: system.orgId });
    expect(await php('GET', '/sessions', { query: {} })).toMatchObject({ page: 0, page_size: 200, more: false });
  });

  it('plans in ISO 8601 with any zone, and reads milliseconds and Z', async () => {
    const times = { start_time: iso8601(60_000), end_time: atom(3_600_000) };
    const session = await php<Session>('POST', '/sessions', { body: { session_name: 'Dr. Who', ...times, picture: 'http://x/y', participants: [{ role: 'hOsT' }] } });
    expect([session.start_time, session.end_time, session.picture]).toEqual([new Date(times.start_time.replace('+0000', 'Z')).toISOString(), new Date(times.end_time).toISOString(), 'http://x/y']);
    expect(session.participants.map(({ role, display_name }) => [role, display_name])).toEqual([['HOST', null]]);

    const added = await php<Participant>('POST', `/sessions/${session.session_id}/participants`, { body: [] });
    expect(added).toMatchObject({ role: 'GUEST', picture: null, state: null });
    await php('PUT', `/participants/${added.participant_id}`, { body: { state: 'x/y' } });
    expect(await php('DELETE', `/participants/${added.participant_id}`)).toEqual({ ok: true });
    expect(await php('GET', `/sessions/${session.session_id}/participants`, { query: { deleted_participants: '1' } })).toMatchObject([{ state: null }, { state: 'x/y', deleted_at: expect.stringMatching(/\.\d{3}Z$/) }]);
    const listed = await php<Page>('GET', '/sessions', { query: { page: '0', page_size: '900', order: 'reverse', include_canceled: '0', start_time: iso8601(0), end_time: atom(7_200_000) } });
    expect([listed.page_size, listed.content.map(({ session_id }) => session_id)]).toEqual([200, expect.arrayContaining([session.session_id])]);
    expect(await php('DELETE', `/sessions/${session.session_id}`)).toEqual({ ok: true });
  });
});
