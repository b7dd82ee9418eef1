import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { eventually, notYet, startSystem, type OrgCredentials, type System } from '@parley/testing';

/** Seconds for which an access token lives here, so that one can be seen to expire. */
const ACCESS_TTL_S = 12;

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: { error: { message: string; code: string } };
}
interface Resource<Content> {
  content: Content;
}
interface Entry {
  entryId: string;
  accessToken: string;
}
interface Request {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer | URLSearchParams;
}
type Refusal = readonly [status: number, code: string];

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1000);
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const json = { 'content-type': 'application/json' };

/** Another signature, of a key of our own, under the same header and claims. */
function forged(token: string): string {
  const signed = token.slice(0, token.lastIndexOf('.'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function withClaim(token: string, changes: object): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return `${header}.${base64url({ ...claims, ...changes })}.${signature}`;
}

let system: System;
let org: Product;
let stranger: Product;
/** What exists, for routes that name it. */
const sid = `room ${randomUUID()}`;
let ref: string;
let subscriptionId: string;
let callId: string;
let entry: Entry;
let otherEntry: Entry;

class Product {
  private grant = { token: '', at: 0 };

  constructor(readonly credentials: OrgCredentials) {}

  get path(): string {
    return `/v1/orgs/${this.credentials.orgId}`;
  }

  /** One that lives a while longer. */
  async token(): Promise<string> {
    if (Date.now() - this.grant.at < (ACCESS_TTL_S * 1000) / 3) return this.grant.token;
    const { apiKey, apiKeySecret } = this.credentials;
    const answer = await send({
      method: 'POST',
      path: '/v1/auth/token',
      headers: { authorization: `Basic ${Buffer.from(`${apiKey}:${apiKeySecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    if (answer.status !== 200) throw new Error(answer.text);
    this.grant = { token: (JSON.parse(answer.text) as { access_token: string }).access_token, at: Date.now() };
    return this.grant.token;
  }

  async ask(request: Request): Promise<Answer> {
    return send({ ...request, headers: { ...bearer(await this.token()), ...request.headers } });
  }

  async get<Content>(request: Request): Promise<Content> {
    const answer = await this.ask(request);
    if (answer.status !== 200) throw new Error(`${request.method} ${request.path}: ${answer.text}`);
    return (JSON.parse(answer.text) as Resource<Content>).content;
  }

  link(claims: object = {}, { header = { alg: 'HS256', typ: 'JWT' }, secret = this.credentials.apiKeySecret, hash = 'sha256' } = {}): string {
    const all = { iss: this.credentials.apiKey, iat: seconds(), exp: seconds() + 3600, rle: 'guest', un: 'Ann', ref, sid, ...claims };
    const signed = `${base64url(header)}.${base64url(all)}`;
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
  }
}

async function send({ method, path, headers = {}, body }: Request): Promise<Answer> {
  const response = await fetch(`${system.baseUrl}${path}`, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { error: { message: '', code: `no JSON: ${text}` } } };
}

/** What no answer may tell. */
const internals = /node_modules|\n\s*at |\.(js|ts):\d|\bError:|\b(select|insert|update|relation)\b.*\b(from|into|set|exist)|ECONN|rpc\.[a-z]+\./i;

function expectRefusal(answer: Answer, refusal: Refusal): void {
  expect([answer.status, answer.body.error.code]).toEqual(refusal);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.body.error.message).toEqual(expect.stringMatching(/^.{5,}$/));
  expect(answer.text).not.toMatch(internals);
  expect(answer.headers.has('www-authenticate')).toBe(answer.status === 401 || answer.body.error.code === 'token.scope');
}

interface Route {
  name: string;
  method: string;
  path: () => string;
  body?: string;
}

/** `:org` is the org of the caller, unless a test says otherwise. */
const route = (name: string, method: string, path: () => string, body?: object): Route => ({ name, method, path, ...(body ? { body: JSON.stringify(body) } : {}) });
const below = (path: () => string) => () => `${org.path}${path()}`;
const room = encodeURIComponent(sid);
const newSubscription = { ref: 'never made', email: 'e@example.test', name: 'n' };

const routesOfOrg: readonly Route[] = [
  route('C3', 'POST', below(() => '/subscriptions'), newSubscription),
  route('C4', 'GET', below(() => '/subscriptions')),
  route('C5', 'GET', below(() => `/subscriptions/${subscriptionId}`)),
  route('C6', 'DELETE', below(() => `/subscriptions/${subscriptionId}`)),
  route('C7', 'GET', below(() => '/sessions')),
  route('C7 alias', 'GET', below(() => '/session')),
  route('C8', 'GET', below(() => `/subscriptions/${subscriptionId}/sessions`)),
  route('C10 org', 'GET', below(() => '')),
  route('C10 client', 'GET', below(() => `/clients/${org.credentials.apiKey}`)),
  route('C10 session', 'GET', below(() => `/sessions/${room}`)),
  route('C10 entries', 'GET', below(() => `/sessions/${room}/entries`)),
  route('C11', 'DELETE', below(() => `/sessions/${room}`)),
  route('C13', 'DELETE', below(() => `/sessions/${room}/entries/${entry.entryId}`)),
  route('C14 list', 'GET', below(() => '/calls')),
  route('C14', 'GET', below(() => `/calls/${callId}`)),
  route('U.1 list', 'GET', below(() => '/usage')),
  route('U.6', 'GET', below(() => '/usage/reconcile')),
];
/** None of its address; PATCH changes the role of an entry (coviu-sessions.md, R.2). */
const otherMethods = ({ name }: Route): string[] => ['PUT', ...(name === 'C13' ? [] : ['PATCH']), 'TRACES', 'PROPFIND'];
const routesByToken: readonly Route[] = [route('C2', 'GET', () => '/v1'), route('C2 /', 'GET', () => '/v1/'), ...routesOfOrg];
const lists = routesOfOrg.filter(({ name }) => ['C4', 'C7', 'C7 alias', 'C8', 'C10 entries', 'C14 list', 'U.1 list'].includes(name));
const beat = (): Request => ({ method: 'POST', path: `${org.path}/sessions/${room}/entries/${entry.entryId}/heartbeat` });
const leave = (): Request => ({ method: 'DELETE', path: `${org.path}/sessions/${room}/entries/${entry.entryId}` });

const toRequest = ({ method, path, body }: Route): Request => ({ method, path: path(), ...(body ? { body, headers: json } : {}) });

beforeAll(async () => {
  system = await startSystem({ env: { 'auth-service': { COVIU_ACCESS_TTL: String(ACCESS_TTL_S) } } });
  org = new Product(system);
  stranger = new Product(await system.seedOrg('Elsewhere'));
  ref = randomUUID();
  ({ subscriptionId } = await org.get<{ subscriptionId: string }>({ method: 'POST', path: `${org.path}/subscriptions`, headers: json, body: JSON.stringify({ ...newSubscription, ref }) }));
  entry = await org.get<Entry>({ method: 'GET', path: `/v1/session/${org.link()}` });
  otherEntry = await org.get<Entry>({ method: 'GET', path: `/v1/session/${org.link({ un: 'Ben' })}` });
  callId = await eventually(async () => {
    const [call] = await org.get<Resource<{ callId: string }>[]>({ method: 'GET', path: `${org.path}/calls?sid=${room}` });
    return call?.content.callId ?? notYet('no call record yet');
  });
}, 120_000);

afterAll(async () => {
  const broken = system.processes.filter((each) => /"status":500|"level":"error"/.test(each.logs())).map((each) => `${each.name}: ${each.logs().match(/.*("status":500|"level":"error").*/)?.[0]}`);
  await system.stop();
  expect(broken).toEqual([]);
});

describe.each(routesByToken)('$name refuses', (each) => {
  it.concurrent.each([
    ['no token', (): Record<string, string> => ({}), 'token.missing'],
    ['another scheme', () => ({ authorization: 'Basic a2V5OnNlY3JldA==' }), 'token.missing'],
    ['two tokens', () => ({ authorization: 'Bearer a b' }), 'token.missing'],
    ['nonsense', () => bearer('nonsense'), 'token.invalid'],
    ['a forged token', (token: string) => bearer(forged(token)), 'token.invalid'],
    ['a changed token', (token: string) => bearer(withClaim(token, { org_id: stranger.credentials.orgId })), 'token.invalid'],
    ['a token without its signature', (token: string) => bearer(token.slice(0, token.lastIndexOf('.') + 1)), 'token.invalid'],
    ['a session link', () => bearer(org.link()), 'token.invalid'],
  ])('E.2: %s', async (_, headers, code) => {
    const request = toRequest(each);
    expectRefusal(await send({ ...request, headers: { ...request.headers, ...headers(await org.token()) } }), [401, code]);
  });

  it.concurrent.each(otherMethods(each))('E.6: the method %s', async (method) => {
    const path = toRequest(each).path;
    if (method === 'TRACES') return expectRefusal(await rawRefusal(`TRACES ${path} HTTP/1.1\r\nhost: x\r\n\r\n`), [400, 'request.malformed']);
    const answer = await org.ask({ method, path });
    expectRefusal(answer, [405, 'route.method']);
    expect(answer.headers.get('allow')).toContain(each.method);
  });

  it('E.4: an address below it', async () => {
    expectRefusal(await org.ask({ method: each.method, path: `${toRequest(each).path.replace(/\/$/, '')}/no/such/thing` }), [404, 'route.not_found']);
  });

  it('E.5: an address that is badly percent-encoded', async () => {
    for (const bad of ['%', '%zz', '%ff', '%c3%28', '%ed%a0%80']) {
      expectRefusal(await org.ask({ method: each.method, path: `${toRequest(each).path.replace(/\/$/, '')}/${bad}` }), [400, 'request.url']);
    }
  });
});

/** `fetch` sends no method that is none. */
async function rawRefusal(bytes: string): Promise<Answer> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(system.baseUrl);
  const received = await new Promise<string>((resolve, reject) => {
    let all = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => (all += chunk)).on('close', () => resolve(all)).on('error', reject);
  });
  const [head = '', text = ''] = received.split('\r\n\r\n');
  const headers = new Headers(head.split('\r\n').slice(1).map((line) => line.split(': ') as [string, string]));
  return { status: Number(head.split(' ')[1]), headers, text, body: JSON.parse(text) as Answer['body'] };
}

describe.each(routesOfOrg)('$name refuses', (each) => {
  it('E.3: the token of another org', async () => {
    expectRefusal(await stranger.ask(toRequest(each)), [403, 'org.foreign']);
  });

  it('E.3: an org that there is not', async () => {
    const { path, ...request } = toRequest(each);
    expectRefusal(await org.ask({ ...request, path: path.replace(org.path, '/v1/orgs/nobody') }), [403, 'org.foreign']);
  });
});

describe('E.4: an id that is not there looks like one that is not mine', () => {
  const things: readonly [string, string, (id: string) => string, () => string][] = [
    ['subscription', 'GET', (id) => `/subscriptions/${id}`, () => subscriptionId],
    ['subscription', 'DELETE', (id) => `/subscriptions/${id}`, () => subscriptionId],
    ['subscription', 'GET', (id) => `/subscriptions/${id}/sessions`, () => subscriptionId],
    ['client', 'GET', (id) => `/clients/${id}`, () => org.credentials.apiKey],
    ['session', 'GET', (id) => `/sessions/${id}`, () => room],
    ['session', 'GET', (id) => `/sessions/${id}/entries`, () => room],
    ['session', 'DELETE', (id) => `/sessions/${id}`, () => room],
    ['entry', 'DELETE', (id) => `/sessions/${room}/entries/${id}`, () => entry.entryId],
    ['call', 'GET', (id) => `/calls/${id}`, () => callId],
  ];
  const ids: readonly [string, () => string][] = [
    ['unknown', () => randomUUID()],
    ['no uuid', () => 'abc'],
    ['numbers', () => '42'],
    ['SQL', () => encodeURIComponent("' or 1=1 --")],
    ['of 257 characters', () => 'x'.repeat(257)],
    ['of 6000 characters', () => 'x'.repeat(6000)],
    ['NUL', () => '%00'],
    ['with a control character', () => 'a%0Ab'],
    ['not ASCII', () => encodeURIComponent('Zoë 🦊')],
    ['of a prototype', () => '__proto__'],
  ];

  it.concurrent.each(things.map(([thing, method, path, theirs]) => ({ thing, method, route: path(':id'), path, theirs })))('$thing by $method $route', async ({ thing, method, path, theirs }) => {
    const foreign = await stranger.ask({ method, path: `${stranger.path}${path(theirs())}` });
    expectRefusal(foreign, [404, `${thing}.not_found`]);
    for (const [what, id] of ids) {
      const absent = await stranger.ask({ method, path: `${stranger.path}${path(id())}` });
      expect([what, absent.status, absent.body]).toEqual([what, 404, foreign.body]);
    }
  });
});

describe('C3 refuses', () => {
  const create = async (body: Request['body'], headers: Record<string, string> = json) => org.ask({ method: 'POST', path: `${org.path}/subscriptions`, headers, ...(body === undefined ? {} : { body }) });
  const bad: readonly [string, unknown][] = [
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 42],
    ['a boolean', true],
    ['a list', ['a']],
    ['an object', { a: 1 }],
    ['257 characters', 'x'.repeat(257)],
    ['100,000 characters', 'x'.repeat(100_000)],
    ['NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['DEL', 'a\u007fb'],
    ['half a surrogate pair', 'a\ud800b'],
  ];

  it.concurrent.each(['ref', 'email', 'name'].flatMap((field) => bad.map(([what, value]) => [field, what, value] as const)))('C3.1: %s %s', async (field, _, value) => {
    const answer = await create(JSON.stringify({ ...newSubscription, [field]: value }));
    expectRefusal(answer, [400, 'request.invalid']);
    expect(answer.body.error).toMatchObject({ faults: expect.arrayContaining([{ path: field, message: expect.any(String) }]) });
  });

  it.concurrent.each([
    ['E.5', 'nothing', undefined, [400, 'request.invalid']],
    ['E.5', 'null', 'null', [400, 'request.invalid']],
    ['E.5', 'a list', '[{}]', [400, 'request.invalid']],
    ['E.5', 'a string', '"ref"', [400, 'request.invalid']],
    ['E.5', 'a number', '1', [400, 'request.invalid']],
    ['E.5', 'fields of a prototype', '{"__proto__":{"ref":"r","email":"e","name":"n"}}', [400, 'request.invalid']],
    ['E.5', 'half of an object', '{"ref":"r"', [400, 'request.json']],
    ['E.5', 'a form', 'ref=r&email=e&name=n', [400, 'request.json']],
    ['E.5', 'bytes that are not UTF-8', Buffer.from('{"ref":"\xff","email":"e","name":"n"}', 'latin1'), [400, 'request.json']],
    ['E.5', 'UTF-16', Buffer.from('{"ref":"r","email":"e","name":"n"}', 'utf16le'), [400, 'request.json']],
    ['E.6', '2 MB', JSON.stringify({ ...newSubscription, more: 'x'.repeat(2_000_000) }), [413, 'request.too_large']],
  ] as const)('%s: a body of %s', async (...[, , body, refusal]) => expectRefusal(await create(body), refusal));

  it.concurrent.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'json', ''])('E.6: a body of type %s', async (type) => {
    expectRefusal(await create(Buffer.from(JSON.stringify(newSubscription)), type ? { 'content-type': type } : {}), [415, 'request.media_type']);
  });

  it('E.6: a body that is compressed', async () => {
    expectRefusal(await create(JSON.stringify(newSubscription), { ...json, 'content-encoding': 'gzip' }), [415, 'request.media_type']);
  });

  it('C3.3: a ref that is taken', async () => expectRefusal(await create(JSON.stringify({ ...newSubscription, ref })), [409, 'subscription.ref_taken']));

  it('but takes what only looks odd', async () => {
    for (const name of ['x'.repeat(256), 'Zoë 🦊', "Robert'); drop table subscription; --", '<script>', 'a\\b', ' ']) {
      const answer = await create(JSON.stringify({ ...newSubscription, ref: randomUUID(), name, more: 1, constructor: 'x' }));
      expect([name, answer.status]).toEqual([name, 200]);
      expect((JSON.parse(answer.text) as Resource<{ name: string }>).content.name).toBe(name);
    }
  });
});

describe.each(lists)('$name refuses', (each) => {
  it.concurrent.each(['page=', 'page=-1', 'page=1.5', 'page=1e3', 'page=abc', 'page=0x1', 'page=%00', 'page=1&page=1', 'page=99999999999999999999', 'count=', 'count=0', 'count=-1', 'count=1.5', 'count=all', 'count=1&count=2', 'cursor=', 'cursor=a&cursor=b', `cursor=${'x'.repeat(257)}`])(
    'P.2: ?%s',
    async (query) => expectRefusal(await org.ask({ method: 'GET', path: `${each.path()}?${query}` }), [400, 'request.invalid']),
  );

  it.concurrent.each(['nonsense', '%00', Buffer.from('{"after":"x"}').toString('base64url'), Buffer.from('{"after":1e300}').toString('base64url'), Buffer.from('null').toString('base64url')])('P.6: the cursor %s', async (cursor) => {
    expectRefusal(await org.ask({ method: 'GET', path: `${each.path()}?cursor=${cursor}` }), [400, 'page.cursor']);
  });

  it('but not a page past the end, or a count beyond the largest', async () => {
    for (const page of ['1000', '9007199254740991']) {
      const answer = await org.ask({ method: 'GET', path: `${each.path()}?page=${page}&count=5000&order=x` });
      expect([page, answer.status, answer.text]).toEqual([page, 200, expect.stringContaining('"content":[]')]);
      expect(answer.text).toContain(`page=${page}&count=200`);
    }
  });
});

describe('Other parameters', () => {
  it.concurrent.each(['sid=', 'sid=a%00b', 'sid=a&sid=b', `sid=${'x'.repeat(257)}`])('C14.2: ?%s', async (query) => {
    expectRefusal(await org.ask({ method: 'GET', path: `${org.path}/calls?${query}` }), [400, 'request.invalid']);
  });

  it.concurrent.each(['end_sessions=', 'end_sessions=yes', 'end_sessions=TRUE', 'end_sessions=true&end_sessions=true'])('C6.2: ?%s', async (query) => {
    expectRefusal(await org.ask({ method: 'DELETE', path: `${org.path}/subscriptions/${subscriptionId}?${query}` }), [400, 'request.invalid']);
  });
});

describe('The token of an entry', () => {
  const actions: readonly [string, () => Request][] = [
    ['C12', beat],
    ['C13', leave],
  ];

  it.concurrent.each(actions)('%s: another entry’s', async (_, request) => expectRefusal(await send({ ...request(), headers: bearer(otherEntry.accessToken) }), [401, 'entry.token']));

  it.concurrent.each(actions)('%s: at another org', async (_, request) => {
    const { path, ...rest } = request();
    expectRefusal(await send({ ...rest, path: path.replace(org.path, stranger.path), headers: bearer(entry.accessToken) }), [401, 'entry.token']);
  });

  it.concurrent.each(actions)('%s: at another session', async (_, request) => {
    const { path, ...rest } = request();
    expectRefusal(await send({ ...rest, path: path.replace(room, 'elsewhere'), headers: bearer(entry.accessToken) }), [401, 'entry.token']);
  });

  it.concurrent.each(actions)('%s: at an entry that cannot be', async (_, request) => {
    const { path, ...rest } = request();
    for (const id of ['abc', '%00', 'x'.repeat(300), randomUUID()]) {
      expectRefusal(await send({ ...rest, path: path.replace(entry.entryId, id), headers: bearer(entry.accessToken) }), [401, 'entry.token']);
    }
  });

  it.concurrent.each(actions)('%s: forged, changed, cut', async (_, request) => {
    for (const token of [forged(entry.accessToken), withClaim(entry.accessToken, { exp: seconds() + 9e6 }), entry.accessToken.slice(0, entry.accessToken.lastIndexOf('.')), `${entry.accessToken}x`]) {
      expectRefusal(await send({ ...request(), headers: bearer(token) }), [401, 'token.invalid']);
    }
  });

  it('C12: none, or an org’s', async () => {
    expectRefusal(await send(beat()), [401, 'token.missing']);
    expectRefusal(await org.ask(beat()), [401, 'token.invalid']);
  });

  it('opens nothing else', async () => {
    for (const each of routesByToken.filter(({ name }) => name !== 'C13')) {
      const request = toRequest(each);
      expectRefusal(await send({ ...request, headers: { ...request.headers, ...bearer(entry.accessToken) } }), [401, 'token.invalid']);
    }
  });

  it('a body of 2 MB', async () => {
    expectRefusal(await send({ ...beat(), headers: bearer(entry.accessToken), body: 'x'.repeat(2_000_000) }), [413, 'request.too_large']);
  });
});

describe('C9 refuses', () => {
  const open = (link: string): Promise<Answer> => send({ method: 'GET', path: `/v1/session/${link}` });

  const malformed: readonly [string, () => string][] = [
    ['nonsense', () => 'nonsense'],
    ['two parts', () => org.link().split('.').slice(0, 2).join('.')],
    ['four parts', () => `${org.link()}.x`],
    ['no signature', () => org.link().replace(/[^.]*$/, '')],
    ['another secret', () => org.link({}, { secret: 'a guess' })],
    ['no secret', () => org.link({}, { secret: '' })],
    ['the secret of another org', () => org.link({}, { secret: stranger.credentials.apiKeySecret })],
    ['alg none', () => org.link({}, { header: { alg: 'none', typ: 'JWT' } })],
    ['HS512', () => org.link({}, { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' })],
    ['HS384', () => org.link({}, { header: { alg: 'HS384', typ: 'JWT' }, hash: 'sha384' })],
    ['RS256', () => org.link({}, { header: { alg: 'RS256', typ: 'JWT' } })],
    ['an unknown client', () => org.link({ iss: 'nobody' })],
    ['no client', () => org.link({ iss: undefined })],
    ['a client that is a number', () => org.link({ iss: 42 })],
    ['a client that is NUL', () => org.link({ iss: '\u0000' })],
    ['changed claims', () => withClaim(org.link(), { un: 'Eve' })],
    ['claims that are a list', () => `${base64url({ alg: 'HS256' })}.${base64url([])}.x`],
    ['a claim part that is no JSON', () => `${base64url({ alg: 'HS256' })}.x.x`],
    ['NUL', () => '%00'],
    ['not ASCII', () => encodeURIComponent('Zoë.🦊.x')],
    ['an access token', () => entry.accessToken],
    ['more than 8 KiB', () => org.link({ more: 'x'.repeat(8192) })],
  ];
  it.concurrent.each(malformed)('L.5: %s', async (_, link) => expectRefusal(await open(link()), [401, 'link.invalid']));

  it('L.5: the access token of an org', async () => expectRefusal(await open(await org.token()), [401, 'link.invalid']));

  const badText: readonly [string, unknown][] = [
    ['missing', undefined],
    ['empty', ''],
    ['null', null],
    ['a number', 42],
    ['a list', ['a']],
    ['257 characters', 'x'.repeat(257)],
    ['NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['half a surrogate pair', 'a\udc00'],
  ];
  it.concurrent.each(['un', 'ref', 'sid', 'email'].flatMap((claim) => badText.map(([what, value]) => [claim, what, value] as const)))('L.2: %s %s', async (claim, _, value) => {
    expectRefusal(await open(org.link({ rle: 'owner', email: 'e@example.test', [claim]: value })), [400, 'link.claims']);
  });

  it.concurrent.each([
    ['rle', undefined],
    ['rle', 'OWNER'],
    ['rle', 'admin'],
    ['rle', 1],
    ['img', 'javascript:alert(1)'],
    ['img', 42],
    ['img', `https://a.example/${'x'.repeat(2048)}`],
    ['rtn', 'javascript:alert(1)'],
    ['rtn', '//evil.example'],
    ['rtn', 'not an address'],
    ['exp', 'soon'],
    ['exp', '1893456000'],
    ['exp', 1e300],
    ['nbf', 'now'],
    ['nbf', {}],
    ['iat', 'then'],
    ['sub', 'x'.repeat(257)],
    ['sub', 42],
  ])('L.2: %s %s', async (claim, value) => expectRefusal(await open(org.link({ [claim]: value })), [400, 'link.claims']));

  it.concurrent.each([
    ['link.expired', { exp: 1 }],
    ['link.expired', { exp: 0 }],
    ['link.not_yet_valid', { nbf: 4_000_000_000, exp: 4_000_003_600 }],
    ['subscription.inactive', { ref: 'nobody' }],
  ])('L.5: %s', async (code, claims) => expectRefusal(await open(org.link({ sid: randomUUID(), ...claims })), [403, code]));

  it('E.6: another method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) expectRefusal(await send({ method, path: `/v1/session/${org.link()}` }), [405, 'route.method']);
  });

  it('E.8: on a page, in a browser, with the same status', async () => {
    for (const [link, status] of [['nonsense', 401], [org.link({ un: undefined }), 400]] as const) {
      const answer = await send({ method: 'GET', path: `/v1/session/${link}`, headers: { accept: 'text/html' } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
      expect(answer.text).not.toMatch(internals);
    }
  });
});

describe('C1 refuses', () => {
  const basic = (user: string, secret: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` });
  const mine = (): Record<string, string> => basic(org.credentials.apiKey, org.credentials.apiKeySecret);
  const ask = (headers: Record<string, string>, body: Request['body']): Promise<Answer> => send({ method: 'POST', path: '/v1/auth/token', headers, ...(body === undefined ? {} : { body }) });
  const form = (fields: Record<string, string>): URLSearchParams => new URLSearchParams(fields);
  const good = form({ grant_type: 'client_credentials' });

  const refusals: readonly [string, number, string, () => Promise<Answer>][] = [
    ['no client', 401, 'invalid_client', () => ask({}, good)],
    ['an unknown client', 401, 'invalid_client', () => ask(basic('nobody', 'x'), good)],
    ['another secret', 401, 'invalid_client', () => ask(basic(org.credentials.apiKey, 'x'), good)],
    ['a header that is no Basic', 401, 'invalid_client', () => ask({ authorization: 'Basic %%%' }, good)],
    ['NUL for a client', 401, 'invalid_client', () => ask(basic('\u0000', '\u0000'), good)],
    ['no grant type', 400, 'invalid_request', () => ask(mine(), form({ a: 'b' }))],
    ['no body', 400, 'invalid_request', () => ask(mine(), undefined)],
    ['an unknown grant type', 400, 'unsupported_grant_type', () => ask(mine(), form({ grant_type: 'password' }))],
    ['two grant types', 400, 'invalid_request', () => ask(mine(), new URLSearchParams('grant_type=client_credentials&grant_type=client_credentials'))],
    ['no refresh token', 400, 'invalid_request', () => ask(mine(), form({ grant_type: 'refresh_token' }))],
    ['an unknown refresh token', 400, 'invalid_grant', () => ask(mine(), form({ grant_type: 'refresh_token', refresh_token: 'x' }))],
    ['a refresh token with NUL', 400, 'invalid_grant', () => ask(mine(), form({ grant_type: 'refresh_token', refresh_token: '\u0000' }))],
    ['a scope that it lacks', 400, 'invalid_scope', () => ask(mine(), form({ grant_type: 'client_credentials', scope: 'operator' }))],
    ['JSON', 415, 'invalid_request', () => ask({ ...mine(), ...json }, '{"grant_type":"client_credentials"}')],
    ['a body of 2 MB', 413, 'invalid_request', () => ask(mine(), form({ grant_type: 'client_credentials', a: 'x'.repeat(2_000_000) }))],
  ];
  it.concurrent.each(refusals)('C1.5: %s', async (...[, status, error, answer]) => {
    const { status: got, text, headers } = await answer();
    expect([got, JSON.parse(text)]).toEqual([status, { error, error_description: expect.any(String) }]);
    expect(headers.has('www-authenticate')).toBe(status === 401);
    expect(text).not.toMatch(internals);
  });
});

describe('Anywhere', () => {
  it.concurrent.each(['/v1/nothing', '/v1/orgs', '/v1/session', '/v1/session/', '/v1//', '/v1/orgs//sessions'])('E.4: %s is no address', async (path) => expectRefusal(await org.ask({ method: 'GET', path }), [404, 'route.not_found']));

  it('a body of 2 MB where none is wanted', async () => {
    const body = 'x'.repeat(2_000_000);
    expectRefusal(await org.ask({ method: 'POST', path: '/v1/nothing', body }), [404, 'route.not_found']);
    expectRefusal(await org.ask({ method: 'DELETE', path: `${org.path}/subscriptions/${subscriptionId}`, body }), [413, 'request.too_large']);
  });

  it.concurrent.each([
    ['GET /v1 HTTP/1.1\r\nconnection: close\r\n\r\n', [400, 'request.malformed']],
    ['GET /v1\r\n\r\n', [400, 'request.malformed']],
    [`GET /v1/session/${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, [431, 'request.headers_too_large']],
  ] as const)('E.5: HTTP that is none', async (bytes, refusal) => expectRefusal(await rawRefusal(bytes), refusal));

  it('E.10: outside of /v1 there is nothing', async () => {
    const answer = await send({ method: 'GET', path: '/' });
    expect([answer.status, answer.headers.get('content-type'), JSON.parse(answer.text)]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
      expect.objectContaining({ code: 'route.not_found', requestId: expect.any(String) }),
    ]);
  });
});

it('E.2: an access token that has expired opens nothing', async () => {
  const token = await org.token();
  await eventually(async () => (await send({ method: 'GET', path: '/v1', headers: bearer(token) })).status === 401 || notYet('it has not expired'), { timeoutMs: 30_000 });
  for (const each of routesByToken) {
    const request = toRequest(each);
    expectRefusal(await send({ ...request, headers: { ...request.headers, ...bearer(token) } }), [401, 'token.invalid']);
  }
}, 120_000);
