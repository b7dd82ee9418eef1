import { inspectLink, type Inspection } from '@parley/dto';
import { send } from '../../testing/http.js';
import { ORG, startTestGateway, type TestGateway } from '../../testing/test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.services.forget());

const at = '2026-11-01T09:00:00.999Z';
const AT = 1793523600;
const inspection: Inspection = {
  ...{ decision: 'deny', code: 'session.full', limit: 5, current: 5, retryAt: at, rules: [{ rule: 'seat-left', pass: false, detail: '5 of 5 seats are taken.' }] },
  ...{ claims: { sid: 'room', exp: 1 }, verifiedBy: { clientId: 'key-1', secret: 'older' } },
  link: {
    ...{ linkId: 'l', person: 'sub:u', window: { issuedAt: at, notBefore: null, expires: at }, revocations: [{ kind: 'org', key: 'o', at }], subscriptionId: null },
    ...{ bans: [{ banId: 'b', person: 'sub:u', sid: 'room', until: at }], seats: { limit: 5, taken: 5, own: false } },
  },
};
const ask = (path: string, body: unknown, token = 'good') =>
  send(`${gateway.url}/v1/orgs/${ORG}/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });

const decision = {
  ...{ decision: 'deny', code: 'session.full', limit: 5, current: 5, retryAt: AT, rules: inspection.rules },
  ...{ claims: { sid: 'room', exp: 1 }, verifiedBy: { clientId: 'key-1', secret: 'older' } },
};

describe.each(['admissions/check', 'links/inspect'])('AD.6: POST %s', (path) => {
  it.each(['a.b.c', 'https://calls.example/v1/session/a.b.c', ' /v1/session/a.b.c '])('answers 200 with the decision for %j', async (link) => {
    gateway.services.on(inspectLink, () => inspection);
    const answer = await ask(path, { link, more: 1 });

    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.body).toMatchObject(decision);
    expect(gateway.services.asked).toEqual([{ subject: inspectLink.subject, request: { link: 'a.b.c' } }]);
  });

  it.each([[{}], [{ link: 5 }], [[]], [null], [{ link: 'x'.repeat(65_537) }]])('refuses %.40j', async (body) => {
    const answer = await ask(path, body);
    expect([answer.status, answer.body.error.code, gateway.services.asked]).toEqual([400, 'request.invalid', []]);
  });

  it.each([
    ['foreign', 403, 'org.foreign'],
    ['narrow', 403, 'token.scope'],
    ['forged', 401, 'token.invalid'],
  ])('is for the org itself: %s is %i', async (token, status, code) => {
    const answer = await ask(path, { link: 'a.b.c' }, token);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });
});

describe('AD.6: what there is about a link', () => {
  it('is told by links/inspect, in epoch seconds', async () => {
    gateway.services.on(inspectLink, () => inspection);
    const link = {
      ...{ linkId: 'l', person: 'sub:u', window: { issuedAt: AT, notBefore: null, expires: AT }, revocations: [{ kind: 'org', key: 'o', at: AT }], subscriptionId: null },
      ...{ bans: [{ banId: 'b', person: 'sub:u', sessionId: 'room', until: AT }], seats: { limit: 5, taken: 5, own: false } },
    };
    expect([(await ask('links/inspect', { link: 'a.b.c' })).body, (await ask('admissions/check', { link: 'a.b.c' })).body]).toEqual([{ ...decision, link }, decision]);
  });
});
