import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Database } from '@parley/persistence';
import { checkout, eventually, notYet, type OrgCredentials, runSql, startSystem, type System } from '@parley/testing';
import { adminRoutes, describeAdminMatrix } from './admin-matrix.cases.js';
import { describeDialectMatrix, dialectRoutes } from './dialect-matrix.cases.js';
import { describeOAuthMatrix } from './oauth-matrix.cases.js';

/** Who asks. Whatever is not said to be another’s is of the clinic. */
const callers = [
  'the org',
  'the guest of the entry',
  'nobody',
  'another org',
  'a guest of another org',
  'an org without the scope',
  'an expired org',
  'an expired guest',
  'nonsense',
  'a revoked org',
  'an org token',
  'the operator',
] as const;
type CallerName = (typeof callers)[number];

/**
 * What is asked for: the thing of the clinic; under the clinic’s address a thing of the other org, and one that is not there; the
 * thing of the other org under its address; the thing of the clinic under the address of an org that is not there.
 */
const targets = ['own', 'foreign', 'absent', 'foreign org', 'absent org'] as const;
type Target = (typeof targets)[number];

/** A link names no org in its path: it is the clinic’s own; for a `ref` of the other org, of nobody; signed by another’s secret, for an unknown key. */
const link = '200 403 403 401 401';
const thing = '200 404 404 403 403';
const org = '200 403 403';
/** Named without an org: the token tells which. */
const planned = '200 404 404';
/** Every name of a session can be set up, whoever else has used it. */
const anyName = '200 200 200 403 403';
/** Who is of the other org finds its own under its address, and all else closed. */
const others = '403 403 403 200 403';
const othersOrg = '403 200 403';
const othersPlanned = '404 200 404';

/**
 * The status of every route for every caller, in the order of `callers`; within a cell in the order of `targets`, as far as the route
 * has them: five where the path names a thing, the first three of them if it names no org; else `own`, `foreign org` and `absent org`,
 * and one where it names nothing. A single number stands for all. Whoever comes after nonsense is treated like it.
 */
const matrix: Readonly<Record<string, readonly string[]>> = {
  //                                              the org, its guest,   nobody, other org, other guest, no scope, expired, expired guest, nonsense
  'GET /v1':                                                         ['200', '401', '401', '200', '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org':                                               [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/clients/:id':                                   [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'POST /v1/orgs/:org/subscriptions':                                [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/subscriptions':                                 [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/subscriptions/:id':                             [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'DELETE /v1/orgs/:org/subscriptions/:id':                          [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/subscriptions/:id/sessions':                    [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/sessions':                                      [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/session':                                       [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/sessions/:sid':                                 [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'DELETE /v1/orgs/:org/sessions/:sid':                              [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/sessions/:sid/entries':                         [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'POST /v1/orgs/:org/sessions/:sid/entries/:entryId/heartbeat':     ['401', '200 401 401 401 401', '401', '401', '401 401 401 200 401', '401', '401', '409 401 401 401 401', '401'],
  'DELETE /v1/orgs/:org/sessions/:sid/entries/:entryId':             [thing, '200 401 401 401 401', '401', others, '401 401 401 200 401', '403', '401', '200 401 401 401 401', '401'],
  // Before links of the clinic name what is of the other org: that is kept.
  'GET /v1/orgs/:org/refusals':                                      [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/refusals/:id':                                  [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'GET /v1/session/:link':                                           [link, link, link, link, link, link, link, link, link],
  'POST /v1/orgs/:org/admissions/check':                             [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'POST /v1/orgs/:org/links/inspect':                                [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'POST /v1/orgs/:org/bans':                                         [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/bans':                                          [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/bans/:id':                                      [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'DELETE /v1/orgs/:org/bans/:id':                                   [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'POST /v1/orgs/:org/link-revocations':                             [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/link-revocations':                              [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'POST /v1/orgs/:org/aliases':                                      [org, '401', '401', othersOrg, '401', '403', '401', '401', '401', '401', org, '403'],
  'GET /v1/orgs/:org/aliases':                                       [org, '401', '401', othersOrg, '401', '403', '401', '401', '401', '401', org, '403'],
  'GET /v1/orgs/:org/aliases/:id':                                   [thing, '401', '401', others, '401', '403', '401', '401', '401', '401', thing, '403'],
  'PATCH /v1/orgs/:org/aliases/:id':                                 [thing, '401', '401', others, '401', '403', '401', '401', '401', '401', thing, '403'],
  'DELETE /v1/orgs/:org/aliases/:id':                                [thing, '401', '401', others, '401', '403', '401', '401', '401', '401', thing, '403'],
  'POST /v1/orgs/:org/aliases/:id/stream/authorize':                 [thing, '401', '401', others, '401', '403', '401', '401', '401', '401', thing, '403'],
  'GET /v1/orgs/:org/calls':                                         [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/calls/:callId':                                 [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/usage':                                         [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/usage/reconcile':                               [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/sessions/:sid/participants':                    [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'PATCH /v1/orgs/:org/sessions/:sid/entries/:entryId':              [thing, '401', '401', others, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/settings':                                      [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'PATCH /v1/orgs/:org/settings':                                    [org, '401', '401', othersOrg, '401', '403', '401', '401', '401'],
  'GET /v1/orgs/:org/sessions/:sid/settings':                        [anyName, '401', '401', '403 403 403 200 403', '401', '403', '401', '401', '401'],
  'PATCH /v1/orgs/:org/sessions/:sid/settings':                      [anyName, '401', '401', '403 403 403 200 403', '401', '403', '401', '401', '401'],
  'POST /v1/sessions':                                               ['200', '401', '401', '200', '401', '403', '401', '401', '401'],
  'GET /v1/sessions':                                                ['200', '401', '401', '200', '401', '403', '401', '401', '401'],
  'GET /v1/sessions/:id':                                            [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'PUT /v1/sessions/:id':                                            [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'DELETE /v1/sessions/:id':                                         [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'GET /v1/sessions/:id/participants':                               [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'POST /v1/sessions/:id/participants':                              [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'GET /v1/participants/:id':                                        [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'PUT /v1/participants/:id':                                        [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'DELETE /v1/participants/:id':                                     [planned, '401', '401', othersPlanned, '401', '403', '401', '401', '401'],
  'GET /v1/user/team':                                               ['200', '401', '401', '200', '401', '403', '401', '401', '401'],
  // The call that the path names here is the record of a session: none that a bridge could report of.
  'POST /v1/orgs/:org/calls/:callId/events':                          ['404 404 404 403 403', '401', '401', '403 403 403 404 403', '401', '403', '401', '401', '401'],
};

/** Open to everybody, and the same for everybody. */
const open = ['GET /health/live', 'GET /health/ready', 'GET /.well-known/entry-jwks.json'];

/** Asks the compiled gateway which routes it has: every controller that its module reaches. */
const routesScript = `
  import { RequestMethod } from '@nestjs/common';
  import { AppModule } from './dist/apps/api-gateway/src/app.module.js';
  const read = (name, target) => Reflect.getMetadata(name, target) ?? [];
  const modules = (given) => {
    const module = given.module ?? given;
    return [module, ...[...read('imports', module), ...(given.imports ?? [])].flatMap(modules)];
  };
  const everything = new Set(modules(AppModule.forRoot({ NATS_URL: '', PARLEY_PUBLIC_URL: 'http://parley.test', METRICS_TARGETS: [] })));
  const join = (...parts) => '/' + parts.flatMap((part) => part.split('/')).filter(Boolean).join('/');
  const routesOf = (controller) => Object.getOwnPropertyNames(controller.prototype)
    .map((name) => controller.prototype[name])
    .filter((handler) => typeof handler === 'function' && Reflect.hasMetadata('method', handler))
    .flatMap((handler) => [read('path', controller)].flat().flatMap((base) =>
      [read('path', handler)].flat().map((path) => RequestMethod[Reflect.getMetadata('method', handler)] + ' ' + join(base, path))));
  const routes = [...everything].flatMap((module) => read('controllers', module)).flatMap(routesOf);
  console.log(JSON.stringify(routes));
`;
async function routesOfGateway(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', routesScript], { cwd: checkout });
  return JSON.parse(stdout) as string[];
}

const ACCESS_TTL_S = 12;
const STREAM_KEY = 'a key of the matrix';
const seconds = (): number => Math.floor(Date.now() / 1000);
const hourFrom = (hours: number): object => ({ start_time: inHours(hours), end_time: inHours(hours + 1) });
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Answer {
  status: number;
  challenge: string | null;
  text: string;
}
interface Entry {
  entryId: string;
  accessToken: string;
}

/** Everything of which an org has one, to be asked for. */
interface Things {
  ref: string;
  id: string;
  sid: string;
  entryId: string;
  /** The token of the entry. */
  guest: string;
  callId: string;
  banId: string;
  refusalId: string;
  aliasId: string;
  plannedId: string;
  participantId: string;
}

let system: System;
let db: Database;
let clinic: Org;
let other: Org;
const tokens = { expired: '', expiredAdmin: '', expiredGuest: '', org: '' };
/** That whose token has expired. */
let bygone: Things;

async function send(method: string, path: string, { token, body }: { token?: string | undefined; body?: object | undefined } = {}): Promise<Answer> {
  const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(`${system.baseUrl}${path}`, { method, headers, redirect: 'manual', ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, challenge: response.headers.get('www-authenticate'), text: await response.text() };
}

class Org {
  private readonly grants = new Map<string, { token: string; at: number }>();
  /** In every name, ref and sid of this org, so that they are known wherever they turn up. */
  readonly mark = `mark-${randomUUID()}`;
  /** For what only reads. */
  things!: Things;

  constructor(readonly credentials: OrgCredentials) {}

  get path(): string {
    return `/v1/orgs/${this.credentials.orgId}`;
  }

  async newToken(scope = 'coviu-enterprise-api'): Promise<{ access_token: string; scope: string }> {
    const { apiKey, apiKeySecret } = this.credentials;
    const authorization = `Basic ${Buffer.from(`${apiKey}:${apiKeySecret}`).toString('base64')}`;
    const response = await fetch(`${system.baseUrl}/v1/auth/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ grant_type: 'client_credentials', scope }) });
    return (await response.json()) as { access_token: string; scope: string };
  }

  /** One that lives a while longer. */
  async token(scope?: string): Promise<string> {
    const known = this.grants.get(scope ?? '');
    if (known && Date.now() - known.at < (ACCESS_TTL_S * 1000) / 3) return known.token;
    const token = (await this.newToken(scope)).access_token;
    this.grants.set(scope ?? '', { token, at: Date.now() });
    return token;
  }

  async get<Content>(path: string): Promise<Content> {
    return contentOf(await send('GET', path, { token: await this.token() }));
  }

  link(claims: object, secret = this.credentials.apiKeySecret): string {
    const said = { iss: this.credentials.apiKey, iat: seconds(), exp: seconds() + 3600, rle: 'guest', un: `Ann ${this.mark}`, sub: 'ann', ...claims };
    const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(said)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }

  async newThings(claims: () => object = () => ({})): Promise<Omit<Things, 'callId' | 'refusalId'>> {
    const [ref, sid] = [`ref ${this.mark} ${randomUUID()}`, `sid ${this.mark} ${randomUUID()}`];
    const body = { ref, email: `${this.mark}@example.test`, name: `Dr ${this.mark}` };
    const alias = { type: 'live', expired_at: seconds() + 3600, name: this.mark, stream_key: STREAM_KEY };
    const token = await this.token();
    const create = async <Content>(path: string, body: object): Promise<Content> => contentOf<Content>(await send('POST', this.path + path, { token, body }));
    const [{ subscriptionId }, { id: aliasId }, { banId }, planned] = await Promise.all([
      create<{ subscriptionId: string }>('/subscriptions', body),
      create<{ id: string }>('/aliases', alias),
      create<{ banId: string }>('/bans', { person: `sub:${ref}` }),
      this.newPlanned(),
    ]);
    const { entryId, accessToken } = await this.get<Entry>(`/v1/session/${this.link({ ref, sid, ...claims() })}`);
    return { ref, id: subscriptionId, sid, entryId, guest: accessToken, banId, aliasId, ...planned };
  }

  private async newPlanned(): Promise<Pick<Things, 'plannedId' | 'participantId'>> {
    const { text } = await send('POST', '/v1/sessions', { token: await this.token(), body: { ...hourFrom(1), session_name: this.mark, participants: [{ display_name: this.mark }] } });
    const { session_id: plannedId, participants } = JSON.parse(text) as { session_id: string; participants: { participant_id: string }[] };
    return { plannedId, participantId: participants[0]?.participant_id ?? '' };
  }

  /** With what comes of somebody who was refused, and in time of those who were not. */
  async withCall(things: Omit<Things, 'callId' | 'refusalId'>): Promise<Things> {
    await send('GET', `/v1/session/${this.link({ ref: 'nobody', sid: things.sid })}`);
    const [refusal] = await this.get<{ content: { refusalId: string } }[]>(`${this.path}/refusals?${new URLSearchParams({ sid: things.sid })}`);
    const callId = await eventually(async () => {
      const [call] = await this.get<{ content: { callId: string } }[]>(`${this.path}/calls?sid=${encodeURIComponent(things.sid)}`);
      return call?.content.callId ?? notYet('no call record yet');
    });
    return { ...things, callId, refusalId: refusal?.content.refusalId ?? '' };
  }

  /** What nobody of another org may read. */
  get secrets(): string[] {
    const { id, entryId, callId, plannedId, participantId } = this.things;
    return [this.mark, id, entryId, callId, plannedId, participantId, this.credentials.orgId, this.credentials.apiKey, this.credentials.apiKeySecret];
  }
}

function contentOf<Content>({ status, text }: Answer): Content {
  if (status !== 200) throw new Error(`${status} ${text}`);
  return (JSON.parse(text) as { content: Content }).content;
}

beforeAll(async () => {
  system = await startSystem({ env: { 'auth-service': { COVIU_ACCESS_TTL: String(ACCESS_TTL_S) } } });
  db = await Database.connect({ url: system.adminDatabaseUrl, schema: 'public', entities: [] });
  [clinic, other] = [new Org(system), new Org(await system.seedOrg('Elsewhere'))];
  tokens.org = (await operate(`/orgs/${clinic.credentials.orgId}/org-tokens`, { name: 'Caller' }))['token'] ?? '';
  tokens.expiredAdmin = await newAdminToken();
  tokens.expired = (await clinic.newToken()).access_token;
  bygone = { ...(await clinic.newThings(() => ({ exp: seconds() + 6 }))), callId: '', refusalId: '' };
  tokens.expiredGuest = bygone.guest;
  for (const each of [clinic, other]) each.things = await each.withCall(await each.newThings());
  await allowMore();
  await eventually(async () => (await send('GET', '/v1', { token: tokens.expired })).status === 401 || notYet('not expired yet'), { timeoutMs: 30_000 });
}, 120_000);

afterAll(async () => {
  const broken = system.processes.filter((each) => /"status":500|"level":"error"/.test(each.logs())).map(({ name }) => name);
  await db.close();
  await system.stop();
  expect(broken).toEqual([]);
});

/** The client may do more than this API, so that it can get a token for something else. Processes remember clients for half a second. */
async function allowMore(): Promise<void> {
  await runSql(system.adminDatabaseUrl, `update auth.api_client set scopes = '{coviu-enterprise-api,call}' where id = $1`, [clinic.credentials.apiKey]);
  await eventually(async () => (await clinic.newToken('call')).scope === 'call' || notYet('no token for another scope yet'));
}

interface Pair {
  clinic: Things;
  other: Things;
}

/** What may change something is asked for things of its own; whatever the others ask to change stays, or their cell fails. */
async function thingsFor(method: string, caller: CallerName, cell: string): Promise<Pair> {
  const shared = { clinic: clinic.things, other: other.things };
  if (caller === 'an expired guest') return { ...shared, clinic: { ...clinic.things, ...bygone, callId: clinic.things.callId, refusalId: clinic.things.refusalId } };
  if (method === 'GET' || !cell.includes('200')) return shared;
  const [ofClinic, ofOther] = await Promise.all([clinic.newThings(), other.newThings()]);
  return { clinic: { ...clinic.things, ...ofClinic }, other: { ...other.things, ...ofOther } };
}

/** By the caller. */
const tokenFor: Record<CallerName, (things: Pair) => Promise<string> | string | undefined> = {
  'the org': () => clinic.token(),
  'the guest of the entry': (things) => things.clinic.guest,
  nobody: () => undefined,
  'another org': () => other.token(),
  'a guest of another org': (things) => things.other.guest,
  'an org without the scope': () => clinic.token('call'),
  'an expired org': () => tokens.expired,
  'an expired guest': () => tokens.expiredGuest,
  nonsense: () => 'eyJ.nonsense.x',
  'a revoked org': () => revokedToken(),
  'an org token': () => tokens.org,
  'the operator': () => system.adminToken,
};

let revoked: { token: Promise<string>; at: number } | undefined;

/** One that would live a while longer. */
function revokedToken(): Promise<string> {
  if (!revoked || Date.now() - revoked.at > (ACCESS_TTL_S * 1000) / 3) revoked = { token: newRevokedToken(), at: Date.now() };
  return revoked.token;
}

async function newRevokedToken(): Promise<string> {
  const { access_token: token } = await clinic.newToken();
  const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
  await operate(`/orgs/${clinic.credentials.orgId}/revocations`, { kind: 'token', id: jti });
  await eventually(async () => (await send('GET', '/v1', { token })).status === 401 || notYet('not revoked yet'));
  return token;
}

async function newAdminToken(): Promise<string> {
  const made = await operate(`/orgs/${clinic.credentials.orgId}/clients`, { name: 'Administrator', scopes: ['admin'] });
  const administrator = new Org({ ...clinic.credentials, apiKey: made['clientId'] ?? '', apiKeySecret: made['clientSecret'] ?? '' });
  return (await administrator.newToken('admin')).access_token;
}

async function operate(path: string, body: object): Promise<Record<string, string>> {
  const { text } = await send('POST', `/admin/v1${path}`, { token: system.adminToken, body });
  return JSON.parse(text) as Record<string, string>;
}

/** What a refused request must leave as it was: everything that any of these routes could change. */
async function stateOf({ credentials: { orgId } }: Org, { id, sid, banId, plannedId, aliasId }: Things): Promise<unknown> {
  const rows = (from: string, where: string): string => `(select string_agg(t::text, ' ' order by t::text) from ${from} t where ${where}) as "${from}"`;
  const ofSession = 'org_id = $1 and sid = $3';
  const [state] = await db.query(
    `select ${[
      rows('subscription.subscription', 'id::text = $2'),
      rows('session.session', ofSession),
      rows('session.entry', ofSession),
      rows('session.session_setting', `org_id = $1 and sid in ('', $3)`),
      rows('session.ban', 'id::text = $4'),
      rows('session.scheduled_session', 'id = $5'),
      rows('session.scheduled_participant', 'session_id = $5'),
      rows('session.alias', 'org_id = $1 and id = $6'),
    ].join(', ')}`,
    [orgId, id, sid, banId, plannedId, aliasId],
  );
  return state;
}

/** How each name in a path is filled. */
type Names = Record<string, string>;

function namesFor(route: string, target: Target, { clinic: mine, other: theirs }: Pair): Names {
  const idOf = (org: Org, { id, banId, refusalId, aliasId, plannedId, participantId }: Things): string => {
    const [, kind = ''] = /\/(clients|bans|refusals|aliases|v1\/sessions|v1\/participants)\//.exec(route) ?? [];
    return { clients: org.credentials.apiKey, bans: banId, refusals: refusalId, aliases: aliasId, 'v1/sessions': plannedId, 'v1/participants': participantId }[kind] ?? id;
  };
  const of = (org: Org, things: Things): Names => ({ ...things, id: idOf(org, things), org: org.credentials.orgId });
  const absent = { id: randomUUID(), sid: randomUUID(), entryId: randomUUID(), callId: randomUUID() };
  switch (target) {
    case 'own':
      return { ...of(clinic, mine), link: clinic.link({ ref: mine.ref, sid: mine.sid }) };
    case 'foreign':
      return { ...of(other, theirs), org: clinic.credentials.orgId, link: clinic.link({ ref: theirs.ref, sid: theirs.sid }) };
    case 'absent':
      return { ...absent, org: clinic.credentials.orgId, link: clinic.link({ ref: randomUUID(), sid: randomUUID() }) };
    case 'foreign org':
      return { ...of(other, theirs), link: other.link({ ref: theirs.ref, sid: theirs.sid }, clinic.credentials.apiKeySecret) };
    case 'absent org':
      return { ...of(clinic, mine), org: randomUUID(), link: clinic.link({ iss: randomUUID(), ref: mine.ref, sid: mine.sid }) };
  }
}

/** Only the token tells which org it is about. */
const namesNoOrg = (path: string): boolean => !path.includes(':org') && !path.includes(':link');

const targetsOf = (path: string): readonly Target[] => {
  const namesThing = path.replace(':org', '').includes(':');
  if (namesNoOrg(path)) return namesThing ? ['own', 'foreign', 'absent'] : ['own'];
  return namesThing ? targets : ['own', 'foreign org', 'absent org'];
};

/** The answer without what the request itself has named. */
function withoutNames({ status, challenge, text }: Answer, names: Names): Answer {
  const named = Object.values(names).flatMap((name) => [name, encodeURIComponent(name)]);
  return { status, challenge, text: named.filter(Boolean).reduce((left, name) => left.replaceAll(name, '…'), text) };
}

/** Whose answers the caller may read. A link is the clinic’s, whoever follows it. */
const homeOf = (route: string, caller: CallerName): Org | undefined => {
  if (route === 'GET /v1/session/:link') return clinic;
  if (caller === 'another org' || caller === 'a guest of another org') return other;
  return caller === 'nobody' || caller === 'nonsense' || caller === 'the operator' ? undefined : clinic;
};

/** Pairs of targets of which one is there and the other isn’t, and neither is the caller’s. */
function twinsOf(route: string, caller: CallerName): readonly (readonly [Target, Target])[] {
  const notMine: Target = homeOf(route, caller) === other ? 'own' : 'foreign';
  if (namesNoOrg(route)) return [[notMine, 'absent']];
  return notMine === 'own' ? [['own', 'absent'], ['own', 'absent org'], ['foreign', 'absent']] : [['foreign', 'absent'], ['foreign org', 'absent org']];
}

const expectedOf = (cell: string, count: number): number[] => {
  const statuses = cell.split(' ').map(Number);
  return statuses.length === 1 ? Array.from({ length: count }, () => statuses[0]!) : statuses;
};

it('The table has a row for every route of the gateway, and no other', async () => {
  expect([...Object.keys(matrix), ...Object.keys(adminRoutes), ...Object.keys(dialectRoutes), ...open].sort()).toEqual((await routesOfGateway()).sort());
});

/** Of what takes one. */
const bodies: Readonly<Record<string, () => object>> = {
  'POST /v1/orgs/:org/subscriptions': () => ({ ref: `new ${randomUUID()}`, email: 'e@example.test', name: 'n' }),
  'POST /v1/orgs/:org/admissions/check': () => ({ link: clinic.link({ ref: clinic.things.ref, sid: clinic.things.sid }) }),
  'POST /v1/orgs/:org/links/inspect': () => ({ link: clinic.link({ ref: clinic.things.ref, sid: clinic.things.sid }) }),
  'POST /v1/orgs/:org/aliases': () => ({ type: 'live', expired_at: seconds() }),
  'PATCH /v1/orgs/:org/aliases/:id': () => ({ name: 'changed' }),
  'POST /v1/orgs/:org/aliases/:id/stream/authorize': () => ({ stream_key: STREAM_KEY }),
  'POST /v1/orgs/:org/calls/:callId/events': () => ({ state: 'ringing' }),
  'POST /v1/orgs/:org/bans': () => ({ person: `sub:${randomUUID()}` }),
  'POST /v1/orgs/:org/link-revocations': () => ({ kind: 'session', key: randomUUID() }),
  'PATCH /v1/orgs/:org/sessions/:sid/entries/:entryId': () => ({ role: 'owner' }),
  'PATCH /v1/orgs/:org/settings': () => ({ sessions: { maxDuration: 40_000 } }),
  'PATCH /v1/orgs/:org/sessions/:sid/settings': () => ({ sessions: { ownerGoneTimeout: 50_000 } }),
  'POST /v1/sessions': () => hourFrom(2),
  'PUT /v1/sessions/:id': () => hourFrom(3),
  'POST /v1/sessions/:id/participants': () => ({ display_name: 'New' }),
  'PUT /v1/participants/:id': () => ({ display_name: 'Renamed' }),
};

const cells = Object.entries(matrix).flatMap(([route, row]) => callers.map((caller, at) => ({ route, caller, cell: row[at] ?? row.at(-1) ?? '' })));

describe.each(cells)('$route by $caller', ({ route, caller, cell }) => {
  const [method = '', path = ''] = route.split(' ');
  const asked = cell === '401' ? targetsOf(path).slice(0, 2) : targetsOf(path); // who is nobody is not even asked what it wants
  const answers = {} as Record<Target, Answer>;
  const names = {} as Record<Target, Names>;
  let before: unknown[] = [];
  let after: unknown[] = [];

  beforeAll(async () => {
    const things = await thingsFor(method, caller, cell);
    const stateOfBoth = () => Promise.all([stateOf(clinic, things.clinic), stateOf(other, things.other)]);
    before = method === 'GET' ? [] : await stateOfBoth();
    const body = bodies[route]?.();
    const token = await tokenFor[caller](things);
    const ask = async (target: Target): Promise<void> => {
      names[target] = namesFor(route, target, things);
      answers[target] = await send(method, path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(names[target][name]!)), { token, body });
    };
    if (method === 'GET') await Promise.all(asked.map(ask));
    else for (const target of asked) await ask(target);
    after = method === 'GET' ? [] : await stateOfBoth();
  });

  it(cell, () => {
    expect(asked.map((target) => [target, answers[target].status])).toEqual(expectedOf(cell, asked.length).map((status, at) => [asked[at], status]));
  });

  it('can’t tell what is another’s from what is not there', () => {
    const pairs = twinsOf(route, caller).filter((pair) => pair.every((target) => asked.includes(target)));
    for (const [there, nowhere] of pairs) {
      expect([there, withoutNames(answers[there], names[there])]).toEqual([there, withoutNames(answers[nowhere], names[nowhere])]);
    }
  });

  it('reads nothing of another org', () => {
    const home = homeOf(route, caller);
    const secrets = [clinic, other].filter((each) => each !== home).flatMap((each) => each.secrets);
    for (const target of asked) {
      const { text } = withoutNames(answers[target], names[target]);
      expect([target, secrets.filter((secret) => text.includes(secret))]).toEqual([target, []]);
    }
  });

  it('changes nothing of whom it is not allowed to', () => {
    const allowed = asked.map((target) => answers[target].status === 200 && (target === 'foreign org' || (target === 'foreign' && namesNoOrg(route)) ? 'other' : 'clinic'));
    if (!allowed.includes('clinic')) expect(after[0]).toEqual(before[0]);
    if (!allowed.includes('other')) expect(after[1]).toEqual(before[1]);
  });
});

describeDialectMatrix(() => ({ system, orgs: [clinic, other], guest: clinic.things.guest, expired: tokens.expired, revoked: revokedToken }));

describeOAuthMatrix(() => ({ system, orgs: [clinic, other], guest: clinic.things.guest, orgToken: tokens.org }));

describeAdminMatrix(() => ({ system, guest: clinic.things.guest, apiToken: async () => (await clinic.newToken()).access_token, expired: tokens.expiredAdmin }));

it.each(open)('%s is open to everybody', async (route) => {
  const path = route.split(' ')[1] ?? '';
  for (const token of [undefined, 'nonsense', system.adminToken]) expect((await send('GET', path, { token })).status).toBe(200);
});
