import { createHmac, createPublicKey, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import { forgeries, hmac, headerMisissues, type Issuer, type OrgCredentials, sharedSystem, type SharedSystem, takeApart, timeMisissues } from '@parley/testing';

interface Answer {
  status: number;
  text: string;
}
interface Entry {
  entryId: string;
  accessToken: string;
}

const seconds = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const REF = 'dr-grey';
const SID = 'room-1';

let system: SharedSystem;
let org: OrgCredentials;
let stranger: OrgCredentials;
/** The public key of access tokens, as anybody can fetch it. */
let publicKey: KeyObject;
let access: string;
let refresh: string;
let entry: Entry;
let strangersEntry: Entry;
/** The JWT in the `entry_url` of someone who is invited. */
let invitation: string;

async function send(method: string, path: string, { token, body, basic }: { token?: string; body?: object; basic?: string } = {}): Promise<Answer> {
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  const isForm = body instanceof URLSearchParams;
  const headers = { ...(authorization ? { authorization } : {}), ...(body && !isForm ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(`${system.baseUrl}${path}`, { method, headers, redirect: 'manual', ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}) });
  return { status: response.status, text: await response.text() };
}

async function json<T>(answer: Promise<Answer>): Promise<T> {
  const { status, text } = await answer;
  if (status !== 200) throw new Error(`${status} ${text}`);
  return JSON.parse(text) as T;
}

const linkClaims = (of: OrgCredentials) => ({ iss: of.apiKey, un: 'Ann', sub: 'ann', ref: REF, sid: SID, rle: 'guest', iat: seconds(), exp: seconds() + 3600 });
function link(of: OrgCredentials, claims: object = {}, secret = of.apiKeySecret, typ = 'JWT'): string {
  const signed = `${base64url({ alg: 'HS256', typ })}.${base64url({ ...linkClaims(of), ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

async function settle(of: OrgCredentials): Promise<{ access: string; refresh: string; entry: Entry }> {
  const basic = `Basic ${Buffer.from(`${of.apiKey}:${of.apiKeySecret}`).toString('base64')}`;
  const grant = await json<{ access_token: string; refresh_token: string }>(send('POST', '/v1/auth/token', { basic, body: new URLSearchParams({ grant_type: 'client_credentials' }) }));
  await json(send('POST', `/v1/orgs/${of.orgId}/subscriptions`, { token: grant.access_token, body: { ref: REF, email: 'grey@clinic.test', name: 'Dr Grey' } }));
  const { content } = await json<{ content: Entry }>(send('GET', `/v1/session/${link(of)}`));
  return { access: grant.access_token, refresh: grant.refresh_token, entry: content };
}

/** Someone who may enter at once: a link works a minute before its session begins. */
async function invite(token: string): Promise<string> {
  const at = (ahead: number) => new Date(Date.now() + ahead * 1000).toISOString();
  const body = { start_time: at(30), end_time: at(3600), participants: [{ display_name: 'Ann' }] };
  const { participants } = await json<{ participants: { entry_url: string }[] }>(send('POST', '/v1/sessions', { token, body }));
  return participants[0]?.entry_url.split('/').at(-1) ?? '';
}

beforeAll(async () => {
  system = await sharedSystem('Forged upon');
  [org, stranger] = [system, await system.seedOrg('Elsewhere')];
  ({ access, refresh, entry } = await settle(org));
  ({ entry: strangersEntry } = await settle(stranger));
  invitation = await invite(access);
  const { keys } = await json<{ keys: (JsonWebKey & { kid: string })[] }>(send('GET', '/.well-known/jwks.json'));
  const { kid } = JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
  publicKey = createPublicKey({ key: keys.find((key) => key.kid === kid)!, format: 'jwk' });
}, 120_000);

afterAll(async () => {
  const broken = (await system.logs()).filter(({ text }) => /"status":500|"level":"error"/.test(text)).map(({ name }) => name);
  expect(broken).toEqual([]);
});

interface Door {
  name: string;
  genuine: () => string;
  knock: (token: string) => Promise<Answer>;
  /** Statuses of a refusal: the token’s own, or that of a request which HTTP itself does not let through. */
  refusals: readonly number[];
  /** Whether the token can be written where it belongs. */
  takes: (token: string) => boolean;
}

const isHeaderValue = (token: string): boolean => /^[\t\u0020-\u007e]*$/.test(token);
const beat = (token: string): Promise<Answer> => send('POST', `/v1/orgs/${org.orgId}/sessions/${SID}/entries/${entry.entryId}/heartbeat`, { token });

const doors: readonly Door[] = [
  // `fetch` and HTTP take blanks from the ends of a header, so that the token behind them is the genuine one.
  { name: 'an access token', genuine: () => access, knock: (token) => send('GET', '/v1', { token }), refusals: [401, 431], takes: (token) => isHeaderValue(token) && token.trim() !== access },
  { name: 'an entry token', genuine: () => entry.accessToken, knock: beat, refusals: [401, 431], takes: (token) => isHeaderValue(token) && token.trim() !== entry.accessToken },
  { name: 'a session link', genuine: () => link(org), knock: (token) => send('GET', `/v1/session/${encodeURIComponent(token)}`), refusals: [401, 404, 431], takes: () => true },
  { name: 'a participant’s link', genuine: () => invitation, knock: (token) => send('GET', `/v1/session/${encodeURIComponent(token)}`), refusals: [401, 404, 431], takes: () => true },
];

describe.each(doors)('In the place of $name', ({ genuine, knock, refusals, takes }) => {
  it('the genuine one is let in', async () => {
    expect((await knock(genuine())).status).toBe(200);
  });

  let made = 0;

  it.concurrent.each(forgeries)('refused: $name', async ({ forge }) => {
    const token = forge(takeApart({ token: genuine(), publicKey }));
    if (!takes(token)) return;
    made += 1;
    const { status, text } = await knock(token);
    expect(refusals).toContain(status);
    expect(text).not.toMatch(/accessToken|"content"/);
  });

  it('most of the forgeries can be sent: a header takes no control characters', () => {
    expect(made / forgeries.length).toBeGreaterThan(0.85);
  });
});

describe('A session link signed with the right secret', () => {
  const issuer = (): Issuer => ({ header: { alg: 'HS256', typ: 'JWT' }, claims: linkClaims(org), sign: hmac(org.apiKeySecret) });

  it.concurrent.each(headerMisissues)('is refused with $name', async ({ issue }) => {
    const { status, text } = await send('GET', `/v1/session/${encodeURIComponent(issue(issuer()))}`);
    expect([status, text]).toEqual([401, expect.stringContaining('"link.invalid"')]);
  });

  it.concurrent.each(timeMisissues)('is refused with $name', async ({ issue }) => {
    const { status, text } = await send('GET', `/v1/session/${encodeURIComponent(issue(issuer()))}`);
    expect([400, 403]).toContain(status);
    expect(text).toMatch(/"link\.(claims|expired|not_yet_valid)"/);
  });
});

describe('One kind of token for another', () => {
  const elsewhere = (path: string) => `/v1/orgs/${stranger.orgId}${path}`;

  it.each<[string, () => Promise<Answer>]>([
    ['an entry token for an access token', () => send('GET', '/v1', { token: entry.accessToken })],
    ['a session link for an access token', () => send('GET', '/v1', { token: link(org) })],
    ['a refresh token for an access token', () => send('GET', '/v1', { token: refresh })],
    ['a client secret for an access token', () => send('GET', '/v1', { token: org.apiKeySecret })],
    ['a client id for an access token', () => send('GET', '/v1', { token: org.apiKey })],
    ['an access token for an entry token', () => beat(access)],
    ['a session link for an entry token', () => beat(link(org))],
    ['a refresh token for an entry token', () => beat(refresh)],
    ['an entry token of another org', () => beat(strangersEntry.accessToken)],
    ['an entry token at the same place of another org', () => send('POST', elsewhere(`/sessions/${SID}/entries/${entry.entryId}/heartbeat`), { token: entry.accessToken })],
    ['an entry token for leaving another entry', () => send('DELETE', elsewhere(`/sessions/${SID}/entries/${strangersEntry.entryId}`), { token: entry.accessToken })],
    ['an access token for a session link', () => send('GET', `/v1/session/${access}`)],
    ['an entry token for a session link', () => send('GET', `/v1/session/${entry.accessToken}`)],
    ['a participant’s link for an access token', () => send('GET', '/v1', { token: invitation })],
    ['a participant’s link for an entry token', () => beat(invitation)],
    ['a participant’s link for a refresh token', () => tokenBy(invitation)],
    ['a session link that calls itself a participant’s', () => send('GET', `/v1/session/${link(org, {}, org.apiKeySecret, 'link+jwt')}`)],
    ['a participant’s link that calls itself a session link', () => send('GET', `/v1/session/${[base64url({ alg: 'HS256', typ: 'JWT' }), ...invitation.split('.').slice(1)].join('.')}`)],
    ['a refresh token for a session link', () => send('GET', `/v1/session/${refresh}`)],
    ['a link signed with another org’s secret', () => send('GET', `/v1/session/${link(org, {}, stranger.apiKeySecret)}`)],
    ['a link of another org that names our key at last', () => send('GET', `/v1/session/${link(stranger, { iss: org.apiKey })}`)],
    ['a link of a key that there is not', () => send('GET', `/v1/session/${link(org, { iss: randomUUID() })}`)],
    ['an access token for a refresh token', () => tokenBy(access)],
    ['an entry token for a refresh token', () => tokenBy(entry.accessToken)],
  ])('%s: refused', async (_what, attempt) => {
    const { status, text } = await attempt();
    expect([400, 401]).toContain(status);
    expect(text).not.toMatch(/access_?token"/i);
  });

  const tokenBy = (refresh_token: string): Promise<Answer> =>
    send('POST', '/v1/auth/token', { basic: `Basic ${Buffer.from(`${org.apiKey}:${org.apiKeySecret}`).toString('base64')}`, body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token }) });
});
