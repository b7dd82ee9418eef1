import {
  AppError, banEntry, banPerson, createSubscription, endSession, getBan, getCall, getClient, getOrg, getRefusal, getSession, getSubscription, heartbeat, leaveSession, liftBan, listBans, listCalls, listEntries, listLinkRevocations, listRefusals, listSubscriptions, listUsage, reconcileUsage, removeEntry, removeSubscription, revokeLinks, type RpcContract,
} from '@parley/dto';
import { send, unverifiedEntryToken } from '../testing/http.js';
import { CLIENT, ORG, startTestGateway, type TestGateway } from '../testing/test-gateway.js';

const at = '2026-11-01T09:00:00.000Z';
const subscription = { subscriptionId: 's-1', orgId: ORG, ref: 'r', name: 'n', email: 'e', started: at, ended: null, active: true, version: 1 };
const session = { sessionId: 'o-1', sid: 'room', orgId: ORG, state: 'open' as const, started: at, ended: null, endReason: null, participants: 1 };
const entry = {
  entryId: 'e-1', orgId: ORG, sessionId: 'o-1', sid: 'room', clientId: CLIENT, subscriptionId: null, name: 'Ann', role: 'guest' as const, peerId: 'p', enteredAt: at, accessToken: 'a.b', leaseUntil: at, endedAt: null,
};
const refusal = {
  ...{ refusalId: 'r-1', orgId: ORG, at, code: 'session.full', rule: 'seat-left', detail: 'd', limit: 5, current: 5, retryAt: at, sid: 'room', ref: 'r', person: 'sub:u', name: 'n', role: 'guest' },
  ...{ clientId: CLIENT, linkId: 'l', issuedAt: null, notBefore: null, expiresAt: null, requestId: 'request-1' },
};
const ban = { banId: 'b-1', orgId: ORG, person: 'sub:u', sid: null, until: null, reason: null, created: at, lifted: null, active: true };
const revocation = { orgId: ORG, kind: 'org' as const, key: ORG, at };
const call = { callId: 'c-1', sid: 'room', orgId: ORG, started: at, ended: null, durationSeconds: 1, endReason: null, participants: [] };
const page = <T>(item: T) => ({ items: [item], page: 0, count: 200, next: { page: 1, cursor: 'c' } });
const firstPage = { page: 0, count: 200 };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const BODY = { ref: 'r', email: 'e', name: 'n' };

interface Route {
  rule: string;
  method: string;
  /** Below `/v1`. */
  path: string;
  contract: RpcContract;
  /** What its service is asked. */
  asked: object;
  /** What is asked first: whether the thing is there. */
  first?: { subject: string; request: object };
  body?: object;
}

const route = (rule: string, target: string, contract: RpcContract, asked: object): Route => {
  const [method = '', path = ''] = target.split(' ');
  return { rule, method, path, contract, asked, ...(method === 'POST' ? { body: asked } : {}) };
};

const routes: readonly Route[] = [
  route('C2', 'GET ', getClient, { clientId: CLIENT }),
  route('C2', 'GET /', getClient, { clientId: CLIENT }),
  route('C3', `POST /orgs/${ORG}/subscriptions`, createSubscription, BODY),
  route('C4.1', `GET /orgs/${ORG}/subscriptions?page=2&count=7&cursor=x`, listSubscriptions, { page: 2, count: 7, cursor: 'x' }),
  route('C5.1', `GET /orgs/${ORG}/subscriptions/s-1`, getSubscription, { subscriptionId: 's-1' }),
  route('C6', `DELETE /orgs/${ORG}/subscriptions/s-1`, removeSubscription, { subscriptionId: 's-1', endSessions: false }),
  route('C6', `DELETE /orgs/${ORG}/subscriptions/s-1?end_sessions=true`, removeSubscription, { subscriptionId: 's-1', endSessions: true }),
  route('C7.4', `GET /orgs/${ORG}/sessions`, listEntries, firstPage),
  route('C7', `GET /orgs/${ORG}/session?count=900`, listEntries, firstPage),
  { ...route('C8', `GET /orgs/${ORG}/subscriptions/s-1/sessions?page=1`, listEntries, { page: 1, count: 200, subscriptionId: 's-1' }), first: { subject: getSubscription.subject, request: { subscriptionId: 's-1' } } },
  route('C10', `GET /orgs/${ORG}`, getOrg, {}),
  route('C10', `GET /orgs/${ORG}/clients/${CLIENT}`, getClient, { clientId: CLIENT }),
  route('C10', `GET /orgs/${ORG}/sessions/a%2Fb%20%C3%BC`, getSession, { sid: 'a/b ü' }),
  { ...route('C10', `GET /orgs/${ORG}/sessions/room/entries`, listEntries, { ...firstPage, sid: 'room' }), first: { subject: getSession.subject, request: { sid: 'room' } } },
  route('C11', `DELETE /orgs/${ORG}/sessions/room`, endSession, { sid: 'room' }),
  route('C13', `DELETE /orgs/${ORG}/sessions/room/entries/e-1`, removeEntry, { sid: 'room', entryId: 'e-1' }),
  route('C13', `DELETE /orgs/${ORG}/sessions/room/entries/e-1?ban=true`, banEntry, { sid: 'room', entryId: 'e-1' }),
  route('AD.7', `GET /orgs/${ORG}/refusals?sid=room&from=1793523600&count=5`, listRefusals, { page: 0, count: 5, sid: 'room', from: '2026-11-01T09:00:00.000Z' }),
  route('AD.7', `GET /orgs/${ORG}/refusals/r-1`, getRefusal, { refusalId: 'r-1' }),
  { ...route('B.1', `POST /orgs/${ORG}/bans`, banPerson, { person: 'email:a@b.test', sid: 'room', until: '2026-11-01T09:00:00.000Z' }), body: { person: 'email:a@b.test', sid: 'room', until: 1793523600, reason: null } },
  route('B.4', `GET /orgs/${ORG}/bans`, listBans, firstPage),
  route('B.4', `GET /orgs/${ORG}/bans/b-1`, getBan, { banId: 'b-1' }),
  route('B.4', `DELETE /orgs/${ORG}/bans/b-1`, liftBan, { banId: 'b-1' }),
  { ...route('R.1', `POST /orgs/${ORG}/link-revocations`, revokeLinks, { kind: 'session', key: 'room', endEntries: true }), body: { kind: 'session', key: 'room', end_entries: true } },
  route('R.4', `GET /orgs/${ORG}/link-revocations?page=1`, listLinkRevocations, { page: 1, count: 200 }),
  route('C14', `GET /orgs/${ORG}/calls?sid=room%201`, listCalls, { ...firstPage, sid: 'room 1' }),
  route('C14.3', `GET /orgs/${ORG}/calls/c-1`, getCall, { callId: 'c-1' }),
  route('U.1', `GET /orgs/${ORG}/usage`, listUsage, { ...firstPage, groupBy: { subscription: true, period: 'month' } }),
  route('U.3', `GET /orgs/${ORG}/usage?group_by=day&from=0&to=86400&count=7`, listUsage, { page: 0, count: 7, from: 0, to: 86_400, groupBy: { subscription: false, period: 'day' } }),
  route('U.3', `GET /orgs/${ORG}/usage?group_by=day,subscription`, listUsage, { ...firstPage, groupBy: { subscription: true, period: 'day' } }),
  route('U.6', `GET /orgs/${ORG}/usage/reconcile?from=86400`, reconcileUsage, { from: 86_400 }),
];
const requestTo = (body: object | undefined): RequestInit => (body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  const { services } = gateway;
  services.forget();
  services.on(getClient, () => ({ clientId: CLIENT, orgId: ORG, name: 'Clinic', active: true }));
  services.on(getOrg, () => ({ orgId: ORG, name: 'Clinic', active: true }));
  services.on(createSubscription, () => subscription);
  services.on(getSubscription, () => subscription);
  services.on(removeSubscription, () => ({ ...subscription, active: false, ended: at }));
  services.on(listSubscriptions, () => page(subscription));
  services.on(listEntries, () => page(entry));
  services.on(getSession, () => session);
  services.on(endSession, () => session);
  services.on(heartbeat, () => entry);
  services.on(leaveSession, () => entry);
  services.on(removeEntry, () => entry);
  services.on(banEntry, () => entry);
  services.on(listRefusals, () => page(refusal));
  services.on(getRefusal, () => refusal);
  services.on(banPerson, () => ban);
  services.on(listBans, () => page(ban));
  services.on(getBan, () => ban);
  services.on(liftBan, () => ban);
  services.on(revokeLinks, () => ({ ...revocation, endedEntries: 0 }));
  services.on(listLinkRevocations, () => page(revocation));
  services.on(listCalls, () => page(call));
  services.on(getCall, () => call);
  services.on(listUsage, () => page({ orgId: ORG, subscriptionId: null, ref: null, month: '2026-11', participantSeconds: 60 }));
  services.on(reconcileUsage, () => ({ recorded: 60, booked: 60, differences: [] }));
});

describe.each(routes)('$rule: $method /v1$path', ({ method, path, contract, asked, body, first }) => {
  const all = [...(first ? [first] : []), { subject: contract.subject, request: asked }];
  const ask = (headers: Record<string, string>) => {
    const { headers: type, ...rest } = requestTo(body);
    return send(`${gateway.url}/v1${path}`, { method, ...rest, headers: { ...(type as Record<string, string>), ...headers } });
  };

  it('G.1, G.2: asks its service and answers 200 in JSON', async () => {
    const answer = await ask(bearer('good'));
    expect(gateway.services.asked).toEqual(all);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(Object.keys(answer.body)).toEqual(['content', '_links']);
    expect(answer.body._links['self']?.href).toMatch(/^\/v1/);
  });

  it('G.5: ignores what it does not know', async () => {
    const answer = await send(`${gateway.url}/v1${path}${path.includes('?') ? '&' : '?'}order=forward&__proto__=x&constructor=y`, {
      method,
      ...requestTo(body && { ...body, more: [1], constructor: 'x', toString: 1 }),
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...bearer('good') },
    });
    expect([answer.status, gateway.services.asked]).toEqual([200, all]);
  });

  it.each([
    ['E.2: no token', {}, [401, 'token.missing', 'Bearer']],
    ['E.2: another scheme', { authorization: 'Basic a2V5OnNlY3JldA==' }, [401, 'token.missing', 'Bearer']],
    ['E.2: a malformed header', { authorization: 'Bearer two tokens' }, [401, 'token.missing', 'Bearer']],
    ['E.2: an unknown token', bearer('forged'), [401, 'token.invalid', 'Bearer error="invalid_token"']],
    ['E.3: a token without the scope', bearer('narrow'), [403, 'token.scope', 'Bearer error="insufficient_scope", scope="coviu-enterprise-api"']],
    ['E.7: no keys to verify with', bearer('keyless'), [503, 'unavailable', null]],
  ])('%s', async (_, headers, refusal) => {
    const answer = await ask(headers);
    expect([answer.status, answer.body.error.code, answer.headers.get('www-authenticate')]).toEqual(refusal);
    expect(gateway.services.asked).toEqual([]);
  });

  it('E.3: refuses the token of another org, wherever an org is named', async () => {
    const answer = await ask(bearer('foreign'));
    if (!path.startsWith('/orgs')) return expect(answer.status).toBe(200);
    expect([answer.status, answer.body.error.code, gateway.services.asked]).toEqual([403, 'org.foreign', []]);
  });

  it('E.1: tells what the service refused, whole', async () => {
    gateway.services.refuse(contract, new AppError('conflict', 'some.conflict', 'It is so.', { limit: 5 }));
    const answer = await ask(bearer('good'));
    expect([answer.status, answer.body]).toEqual([409, { error: { message: 'It is so.', code: 'some.conflict', limit: 5 } }]);
  });

  it('E.7: withholds what broke', async () => {
    gateway.services.on(contract, () => {
      throw new Error('relation "secret" does not exist');
    });
    const answer = await ask(bearer('good'));
    expect([answer.status, answer.body]).toEqual([500, { error: { message: 'Something went wrong on our side.', code: 'internal' } }]);
    expect(gateway.logs).toContainEqual(expect.objectContaining({ msg: 'request failed', err: expect.objectContaining({ message: 'relation "secret" does not exist' }) }));
  });
});

describe('The token of an entry', () => {
  const path = `/v1/orgs/${ORG}/sessions/room/entries/e-1`;
  const ofOrg = (org: string) => bearer(unverifiedEntryToken({ org_id: org, sub: 'e-1', sid: 'room' }));

  it('C12.1: goes with a heartbeat to the service that verifies it', async () => {
    const answer = await send(`${gateway.url}${path}/heartbeat`, { method: 'POST', headers: ofOrg(ORG) });
    expect(gateway.services.asked).toEqual([{ subject: heartbeat.subject, request: { sid: 'room', entryId: 'e-1' } }]);
    expect([answer.status, answer.body.content['leaseUntil']]).toEqual([200, 1793523600]);
  });

  it('C12.1: a heartbeat may have a body of any kind', async () => {
    for (const [type, body] of [['application/json', ''], ['application/json', '{'], ['text/plain', 'hello'], ['application/x-www-form-urlencoded', 'a=b']] as const) {
      const answer = await send(`${gateway.url}${path}/heartbeat`, { method: 'POST', headers: { ...ofOrg(ORG), 'content-type': type }, body });
      expect([type, answer.status]).toEqual([type, 200]);
    }
  });

  it('C13.1: makes a DELETE a leaving', async () => {
    await send(`${gateway.url}${path}`, { method: 'DELETE', headers: ofOrg(ORG) });
    expect(gateway.services.asked.map(({ subject }) => subject)).toEqual([leaveSession.subject]);
  });

  it.each([['POST', `${path}/heartbeat`], ['DELETE', path]])('C12.2, C13.2: %s refuses one of another org', async (method, target) => {
    const answer = await send(gateway.url + target, { method, headers: ofOrg('org-2') });
    expect([answer.status, answer.body.error.code, gateway.services.asked]).toEqual([401, 'entry.token', []]);
  });

  it('E.2: a heartbeat without any', async () => {
    const answer = await send(`${gateway.url}${path}/heartbeat`, { method: 'POST' });
    expect([answer.status, answer.body.error.code]).toEqual([401, 'token.missing']);
  });
});

describe('Bad input', () => {
  const subscriptions = `/v1/orgs/${ORG}/subscriptions`;
  const create = (body: string | Buffer | null, type: string | null = 'application/json') =>
    send(gateway.url + subscriptions, { method: 'POST', body, headers: { ...bearer('good'), ...(type ? { 'content-type': type } : {}) } });

  it.each([
    ['E.5: not JSON', '{"ref":', [400, 'request.json']],
    ['E.5: bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), [400, 'request.json']],
    ['E.5: null', 'null', [400, 'request.invalid']],
    ['E.5: a list', '[]', [400, 'request.invalid']],
    ['E.5: a string', '"ref"', [400, 'request.invalid']],
    ['E.5: nothing', '', [400, 'request.invalid']],
    ['E.5: an empty object', '{}', [400, 'request.invalid']],
    ['E.5: fields of a prototype', '{"__proto__":{"ref":"r","email":"e","name":"n"}}', [400, 'request.invalid']],
    ['E.5: NUL', JSON.stringify({ ...BODY, ref: 'a\u0000b' }), [400, 'request.invalid']],
    ['E.5: half a surrogate pair', '{"ref":"\\ud800","email":"e","name":"n"}', [400, 'request.invalid']],
    ['E.6: a body that is too large', ' '.repeat(2 * 1024 * 1024), [413, 'request.too_large']],
  ])('%s', async (_, body, refusal) => {
    const answer = await create(body);
    expect([[answer.status, answer.body.error.code], gateway.services.asked]).toEqual([refusal, []]);
    expect(answer.body.error.message.length).toBeGreaterThan(10);
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['application/json2'], ['application/hal+json'], ['garbage'], [null]])('E.6: a body of type %s', async (type) => {
    const answer = await create(type === null ? Buffer.from(JSON.stringify(BODY)) : JSON.stringify(BODY), type);
    expect([answer.status, answer.body.error.code]).toEqual([415, 'request.media_type']);
  });

  it('C3.1: takes JSON by any spelling of its type', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8']) {
      expect((await create(JSON.stringify(BODY), type)).status).toBe(200);
    }
  });

  it.each([
    ['E.4: GET', `${subscriptions}/${'x'.repeat(257)}`, [404, 'subscription.not_found']],
    ['E.4: DELETE', `${subscriptions}/%00`, [404, 'subscription.not_found']],
    ['E.4: GET', `${subscriptions}/a%0Ab/sessions`, [404, 'subscription.not_found']],
    ['E.4: GET', `/v1/orgs/${ORG}/sessions/${'x'.repeat(5000)}`, [404, 'session.not_found']],
    ['E.4: DELETE', `/v1/orgs/${ORG}/sessions/%00`, [404, 'session.not_found']],
    ['E.4: GET', `/v1/orgs/${ORG}/clients/%7F`, [404, 'client.not_found']],
    ['E.4: GET', `/v1/orgs/${ORG}/calls/%01`, [404, 'call.not_found']],
    ['E.4: DELETE', `/v1/orgs/${ORG}/sessions/room/entries/%00`, [404, 'entry.not_found']],
    ['E.5: GET', `${subscriptions}/%`, [400, 'request.url']],
    ['E.5: GET', `${subscriptions}/%ff`, [400, 'request.url']],
    ['E.5: GET', `/v1/orgs/${ORG}/sessions/%E0%A4%A`, [400, 'request.url']],
    ['P.2: GET', `${subscriptions}?page=`, [400, 'request.invalid']],
    ['P.2: GET', `${subscriptions}?page=1&page=2`, [400, 'request.invalid']],
    ['P.2: GET', `${subscriptions}?page=%ff`, [400, 'request.invalid']],
    ['P.2: GET', `${subscriptions}?count=0`, [400, 'request.invalid']],
    ['C14.2: GET', `/v1/orgs/${ORG}/calls?sid=a%00b`, [400, 'request.invalid']],
    ['C14.2: GET', `/v1/orgs/${ORG}/calls?sid=`, [400, 'request.invalid']],
    ['C14.2: GET', `/v1/orgs/${ORG}/calls?sid=a&sid=b`, [400, 'request.invalid']],
    ['C6.2: DELETE', `${subscriptions}/s-1?end_sessions=maybe`, [400, 'request.invalid']],
    ['E.4: GET', `/v1/orgs/${ORG}/nothing`, [404, 'route.not_found']],
    ['E.4: GET', '/v1/orgs', [404, 'route.not_found']],
    ['E.4: GET', '/v1/orgs//subscriptions', [404, 'route.not_found']],
    ['E.4: GET', '/v1/session/', [404, 'route.not_found']],
    ['E.6: PUT', subscriptions, [405, 'route.method']],
    ['E.6: PROPFIND', subscriptions, [405, 'route.method']],
    ['E.6: POST', '/v1', [405, 'route.method']],
    ['E.6: GET', `/v1/orgs/${ORG}/sessions/room/entries/e-1/heartbeat`, [405, 'route.method']],
  ])('%s %s', async (rule, path, refusal) => {
    const answer = await send(gateway.url + path, { method: rule.split(' ')[1], headers: bearer('good') });
    expect([[answer.status, answer.body.error.code], gateway.services.asked]).toEqual([refusal, []]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.has('allow')).toBe(answer.status === 405);
  });
});
