import {
  changeAlias, createAlias, createOpentokSession, issueOpentokToken,
  addScheduledParticipant, AppError, banPerson, createSubscription, endPlacedCall, heartbeat, issueOrgToken, registerClient, registerOrg, registerUser, reportCallState, revokeLinks, revokeTokens, rotateAccessKeys, rotateClientSecret, rotateEntryKeys, type RpcContract, scheduleSession,
} from '@parley/dto';
import { currentRequest } from '@parley/platform';
import { AppModule } from '../app.module.js';
import { send, unverifiedEntryToken } from '../testing/http.js';
import { postRoutes } from '../testing/post-routes.js';
import { ORG, startTestGateway, type TestGateway } from '../testing/test-gateway.js';

const at = '2026-11-01T09:00:00.000Z';
const subscription = { subscriptionId: 's-1', orgId: ORG, ref: 'r', name: 'n', email: 'e', started: at, ended: null, active: true, version: 1 };
const BODY = { ref: 'r', email: 'e', name: 'n' };
const ALIAS = { type: 'live', expired_at: 2_000_000_000 };

interface Post {
  contract: RpcContract;
  body?: object;
  token?: 'admin';
}

/** What each POST takes effect by, and a request that gets so far. */
const posts: Readonly<Record<string, Post>> = {
  '/v1/orgs/:org/subscriptions': { contract: createSubscription, body: BODY },
  '/v1/orgs/:org/bans': { contract: banPerson, body: { person: 'sub:u' } },
  '/v1/orgs/:org/link-revocations': { contract: revokeLinks, body: { kind: 'org' } },
  '/v1/sessions': { contract: scheduleSession, body: { start_time: '2099-11-01T09:00:00.000Z', end_time: '2099-11-01T10:00:00.000Z' } },
  '/v1/sessions/:id/participants': { contract: addScheduledParticipant, body: { role: 'guest' } },
  '/v1/orgs/:org/aliases': { contract: createAlias, body: ALIAS },
  '/organization/api/v1/alias/create': { contract: createAlias, body: ALIAS },
  '/organization/api/v1/alias/update/:id': { contract: changeAlias, body: { stream_key: true } },
  '/session': { contract: createOpentokSession, body: {} },
  '/session/:id/access': { contract: issueOpentokToken, body: {} },
  '/v1/orgs/:org/calls/:callId/events': { contract: reportCallState, body: { state: 'ringing' } },
  '/admin/v1/calls/:id/end': { contract: endPlacedCall, token: 'admin' },
  '/admin/v1/orgs': { contract: registerOrg, body: { name: 'n' }, token: 'admin' },
  '/admin/v1/orgs/:org/clients': { contract: registerClient, body: { name: 'n' }, token: 'admin' },
  '/admin/v1/orgs/:org/clients/:id/rotate-secret': { contract: rotateClientSecret, token: 'admin' },
  '/admin/v1/orgs/:org/org-tokens': { contract: issueOrgToken, body: { name: 'n' }, token: 'admin' },
  '/admin/v1/orgs/:org/users': { contract: registerUser, body: { username: 'u', password: 'p' }, token: 'admin' },
  '/admin/v1/keys/access/rotate': { contract: rotateAccessKeys, body: { compromised: true }, token: 'admin' },
  '/admin/v1/keys/entry/rotate': { contract: rotateEntryKeys, body: { compromised: true }, token: 'admin' },
  '/admin/v1/orgs/:org/revocations': { contract: revokeTokens, body: { kind: 'org' }, token: 'admin' },
};

/** POSTs that are the same however often they are done: they write nothing, only prolong, or find done what they were to do. */
const harmless: readonly string[] = [
  ...['/v1/orgs/:org/sessions/:sid/entries/:entryId/heartbeat', '/v1/orgs/:org/admissions/check', '/v1/orgs/:org/links/inspect', '/v1/orgs/:org/aliases/:id/stream/authorize'],
];

/** Its clients are older than keys, and look what is ongoing when they have missed an answer: a key that one sends has no effect. */
const withoutKeys: readonly string[] = ['/rest/call'];

/** POSTs of people who show no access token: there is no org under which a key could be kept. */
const ofAnybody: readonly string[] = ['/api/v1/alias/:id/join', '/session/create', '/session/:id/connect'];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.services.forget();
  gateway.services.on(createSubscription, () => subscription);
});

const post = (path: string, { body, token = 'good' }: { body?: unknown; token?: string }, headers: Record<string, string> = {}) =>
  send(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token.includes('.') ? token : jwt(token)}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
/** With a head, or it would be taken for an opaque one. */
const jwt = (token: string) => `${Buffer.from('{"alg":"ES256","typ":"at+jwt"}').toString('base64url')}.e30.${token}`;
const subscribe = (key: string, body: unknown = BODY, path = `/v1/orgs/${ORG}/subscriptions`) => post(path, { body }, { 'idempotency-key': key });
const sent = () => gateway.services.keyed.map(({ idempotency }) => idempotency);
const fingerprintOf = async (key: string, body: unknown, path?: string) => {
  gateway.services.forget();
  await subscribe(key, body, path);
  return sent()[0]?.fingerprint;
};

describe('Every POST', () => {
  it('I.1: is one that takes effect by a request of its own, or none', () => {
    const known = new Set([...Object.keys(posts), ...harmless, ...ofAnybody, ...withoutKeys]);

    expect(postRoutes(AppModule).filter((route) => !known.has(route))).toEqual([]);
  });

  it.each(Object.entries(posts))('I.1: %s hands its key to where it takes effect, once', async (route, { contract, ...request }) => {
    await post(route.replace(':org', ORG).replace(/:\w+/g, 'x'), request, { 'idempotency-key': 'k' });

    expect(contract.idempotent).toBeTruthy();
    expect(gateway.services.keyed).toEqual([{ subject: contract.subject, idempotency: { key: expect.stringMatching(/^[\w-]{43}$/), fingerprint: expect.stringMatching(/^[\w-]{43}$/) } }]);
  });

  it('I.8: a heartbeat prolongs each time', async () => {
    const entryToken = unverifiedEntryToken({ org_id: ORG });
    await post(`/v1/orgs/${ORG}/sessions/room/entries/e-1/heartbeat`, { token: entryToken }, { 'idempotency-key': 'k' });

    expect([gateway.services.asked.map(({ subject }) => subject), gateway.services.keyed]).toEqual([[heartbeat.subject], []]);
  });
});

describe('An Idempotency-Key', () => {
  it('I.2: tells by a header that the answer was given before', async () => {
    const first = await subscribe('k');
    gateway.services.on(createSubscription, () => {
      const request = currentRequest();
      if (request?.idempotency) request.idempotency.replayed = true;
      return subscription;
    });
    const second = await subscribe('k');

    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    expect([second.status, second.body]).toEqual([200, first.body]);
  });

  it.each([
    [409, new AppError('conflict', 'idempotency.in_progress', 'Wait.'), '1'],
    [422, new AppError('unprocessable', 'idempotency.mismatch', 'Another.'), null],
  ])('I.3, I.4: a refusal is %i', async (status, error, retryAfter) => {
    gateway.services.refuse(createSubscription, error);
    const answer = await subscribe('k');

    expect([answer.status, answer.body.error.code, answer.headers.get('retry-after')]).toEqual([status, error.code, retryAfter]);
  });

  it.each([
    ['empty', ''],
    ['of 256 characters', 'k'.repeat(256)],
    ['that is not ASCII', 'schlüssel'],
    ['with a tab', 'a\tb'],
  ])('I.9: %s is 400', async (_, key) => {
    const answer = await subscribe(key);

    expect([answer.status, answer.body.error.code, gateway.services.asked]).toEqual([400, 'idempotency.key', []]);
  });

  it.each(['k'.repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"', 'a b~!'])('I.9: %s is one', async (key) => {
    expect((await subscribe(key)).status).toBe(200);
    expect(sent()).toHaveLength(1);
  });

  it('I.9: is nothing to methods that are idempotent by themselves', async () => {
    const answer = await send(`${gateway.url}/v1/orgs/${ORG}`, { headers: { authorization: 'Bearer good', 'idempotency-key': '' } });

    expect(answer.body.error?.code).not.toBe('idempotency.key');
  });

  it('E.2: without a token is not looked at', async () => {
    expect((await post(`/v1/orgs/${ORG}/subscriptions`, { body: BODY, token: 'forged' }, { 'idempotency-key': '' })).status).toBe(401);
  });

  it('I.3: the same JSON is the same body, in whatever order and with whatever blanks', async () => {
    const one = await fingerprintOf('k', '{"ref":"r","email":"e","name":"n","more":{"a":1,"b":[1,2]}}');

    expect(await fingerprintOf('k', '{ "name":"n", "more": {"b":[1,2],"a":1}, "email":"e","ref":"\\u0072"}')).toBe(one);
    for (const other of [{ ...BODY, more: { a: 1, b: [2, 1] } }, { ...BODY, more: { a: '1', b: [1, 2] } }, BODY]) expect(await fingerprintOf('k', other)).not.toBe(one);
  });

  it('I.3: another address is another request', async () => {
    const path = `/v1/orgs/${ORG}/subscriptions`;

    expect(await fingerprintOf('k', BODY, `${path}?x=1`)).not.toBe(await fingerprintOf('k', BODY, path));
  });

  it('its services see neither the key nor what the body could be guessed by', async () => {
    await subscribe('a key');
    const [one] = sent();
    await subscribe('another key');

    expect(JSON.stringify(gateway.services.keyed)).not.toContain('a key');
    expect(sent()[1]?.fingerprint).not.toBe(one?.fingerprint);
  });
});
