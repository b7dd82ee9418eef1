import { AppError, connectOpentok, createOpentokSession, createPublicOpentokSession, createSdkOpentokSession, exchangeOpaqueToken, issueOpentokToken, issuePublicOpentokToken, type RpcContract } from '@parley/dto';
import { send } from '../testing/http.js';
import { CLIENT, ORG, startTestGateway, type TestGateway } from '../testing/test-gateway.js';
import { AnonymousRate } from './anonymous-rate.js';

const session = { opentokSessionId: '2_abc', clientId: CLIENT, mediaMode: 'routed' as const, location: null, createdAt: '2026-11-01T09:00:00.000Z' };
const issued = { token: 'T1==x', role: 'publisher' as const, expiresAt: 1796115600, data: '' };
const entry = {
  entryId: '0192f3a1-0000-7000-8000-000000000002', orgId: ORG, sessionId: '0192f3a1-0000-7000-8000-000000000001', sid: 'room', clientId: CLIENT, subscriptionId: null, name: 'Publisher', role: 'guest' as const, peerId: 'p',
  enteredAt: session.createdAt, accessToken: 'a.b.c', leaseUntil: session.createdAt, endedAt: null,
};
const jwt = (name: string) => `${Buffer.from('{"alg":"ES256","typ":"at+jwt"}').toString('base64url')}.e30.${name}`;
const good = { authorization: `Bearer ${jwt('good')}` };
const FORM = 'application/x-www-form-urlencoded';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.services.forget();
  gateway.services.on(createOpentokSession, () => session);
  gateway.services.on(createPublicOpentokSession, () => session);
  gateway.services.on(createSdkOpentokSession, () => session);
  gateway.services.on(issueOpentokToken, () => issued);
  gateway.services.on(issuePublicOpentokToken, () => issued);
  gateway.services.on(connectOpentok, () => entry);
  gateway.services.refuse(exchangeOpaqueToken, new AppError('unauthenticated', 'token.invalid', 'No.'));
});

async function post(path: string, body?: object | string, headers: Record<string, string> = good) {
  const isText = typeof body === 'string';
  const type = body === undefined ? {} : { 'content-type': isText ? FORM : 'application/json' };
  const answer = await send(gateway.url + path, { method: 'POST', headers: { ...(type as Record<string, string>), ...headers }, ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }) });
  return { status: answer.status, text: answer.text, body: JSON.parse(answer.text) as Record<string, unknown>, headers: answer.headers };
}
const requestOf = (contract: RpcContract) => gateway.services.asked.find(({ subject }) => subject === contract.subject)?.request;
const failure = { error: { message: expect.any(String) as string, code: expect.any(String) as string } };

describe('POST /session', () => {
  it.each<[string, object | string | undefined, object]>([
    ['nothing', undefined, { mediaMode: 'routed', location: null }],
    ['an empty object', {}, { mediaMode: 'routed', location: null }],
    ['an empty form', '', { mediaMode: 'routed', location: null }],
    ['JSON', { mediaMode: 'relayed', location: '1.2.3.4', sid: 'room', more: 1 }, { mediaMode: 'relayed', location: '1.2.3.4', sid: 'room' }],
    ['null for a place', { location: null }, { mediaMode: 'routed', location: null }],
    ['a form', 'mediaMode=relayed&location=1.2.3.4&sid=a+b', { mediaMode: 'relayed', location: '1.2.3.4', sid: 'a b' }],
    ['a form with an empty field', 'mediaMode=&location=', { mediaMode: 'routed', location: null }],
  ])('S.1: takes %s', async (_, body, request) => {
    const { status, text } = await post('/session', body);
    expect([status, text]).toEqual([201, '{"id":"2_abc","mediaMode":"routed","location":null}']);
    expect(requestOf(createOpentokSession)).toEqual(request);
  });

  it.each<[object | string]>([
    [{ mediaMode: 'Routed' }],
    [{ mediaMode: null }],
    [{ mediaMode: 1 }],
    [{ location: '::1' }],
    [{ location: '' }],
    [{ location: '1.2.3' }],
    [{ location: '1.2.3.256' }],
    [{ location: 16909060 }],
    [{ sid: '' }],
    [{ sid: 'x'.repeat(257) }],
    [{ sid: 'a\u0000' }],
    ['mediaMode=other'],
    ['location=here'],
    ['mediaMode=routed&mediaMode=routed'],
    [[]],
  ])('S.2: %j is refused', async (body) => {
    const { status, body: answered } = await post('/session', body);
    expect([status, answered]).toEqual([400, failure]);
  });

  it.each([
    ['text/plain', 'mediaMode=routed'],
    ['application/xml', '<a/>'],
    ['application/json', '{'],
    ['application/json', 'null'],
    ['multipart/form-data; boundary=x', '--x--'],
  ])('S.3: a body of %s is 400: %s', async (type, text) => {
    const { status, body } = await post('/session', text, { ...good, 'content-type': type });
    expect([status, body]).toEqual([400, failure]);
  });
});

describe('POST /session/:id/access', () => {
  it.each<[string, object | string | undefined, object]>([
    ['nothing', undefined, { role: 'publisher', data: '' }],
    ['JSON', { role: 'moderator', expiresAt: 1796115600, data: '{"n":1}' }, { role: 'moderator', expiresAt: 1796115600, data: '{"n":1}' }],
    ['a form', `role=publisheronly&expiresAt=1796115600&data=${'é'.repeat(1024)}`, { role: 'publisheronly', expiresAt: 1796115600, data: 'é'.repeat(1024) }],
    ['an empty text in a form', 'data=', { role: 'publisher', data: '' }],
    ['characters outside the first plane', { data: '🙂'.repeat(1024) }, { role: 'publisher', data: '🙂'.repeat(1024) }],
  ])('T.1: takes %s', async (_, body, request) => {
    const { status, body: answered } = await post('/session/2_abc/access', body);
    expect([status, answered]).toEqual([201, issued]);
    expect(requestOf(issueOpentokToken)).toEqual({ opentokSessionId: '2_abc', ...request });
  });

  it.each<[object | string]>([
    [{ role: 'owner' }],
    [{ role: null }],
    [{ role: 'Publisher' }],
    [{ expiresAt: '1796115600' }],
    [{ expiresAt: 1.5 }],
    [{ expiresAt: null }],
    [{ data: 7 }],
    [{ data: null }],
    [{ data: { n: 1 } }],
    [{ data: 'x'.repeat(1025) }],
    [{ data: '🙂'.repeat(1025) }],
    [{ data: '\ud800' }],
    ['role=owner'],
    ['role='],
    ['expiresAt='],
    ['expiresAt=-1'],
    ['expiresAt=1e9'],
    ['expiresAt=1796115600.5'],
    ['expiresAt=%201796115600'],
    ['role=publisher&role=moderator'],
    [`data=${'x'.repeat(1025)}`],
    [[]],
  ])('T.2: %j is refused', async (body) => {
    expect(await post('/session/2_abc/access', body)).toMatchObject({ status: 400, body: failure });
  });

  it('T.3: 404 for a session of another org', async () => {
    gateway.services.refuse(issueOpentokToken, new AppError('not_found', 'opentok.session_not_found', 'No.'));
    expect(await post('/session/x/access')).toMatchObject({ status: 404, text: '{"error":{"message":"No.","code":"opentok.session_not_found"}}' });
  });
});

describe('Who may call', () => {
  it.each(['/session', '/session/2_abc/access'])('W.1: nobody with a bad token: %s', async (path) => {
    for (const authorization of ['', 'Bearer', 'Bearer x', `Bearer ${jwt('unknown')}`, 'Basic eDp5', jwt('good')]) expect(await post(path, {}, { authorization })).toMatchObject({ status: 401, body: failure });
    expect(await post(path, {}, { authorization: `Bearer ${jwt('narrow')}` })).toMatchObject({ status: 403, body: failure });
  });

  it('W.2: without any, as far as session-service permits', async () => {
    expect((await post('/session', { mediaMode: 'relayed' }, {})).status).toBe(201);
    expect(requestOf(createPublicOpentokSession)).toEqual({ mediaMode: 'relayed', location: null });
    expect((await post('/session/2_abc/access', {}, {})).status).toBe(201);
  });

  it('W.3: but only so often', () => {
    const rate = new AnonymousRate();
    const at = 1_800_000_000_000;
    for (let n = 0; n < 60; n += 1) rate.count('1.1.1.1', at);
    expect(() => rate.count('1.1.1.1', at + 59_999)).toThrow(expect.objectContaining({ kind: 'rate_limited', details: { retryAt: new Date(at + 60_000).toISOString() } }));
    rate.count('2.2.2.2', at);
    rate.count('1.1.1.1', at + 60_000);
    const allowed = Array.from({ length: 700 }, (_, n) => {
      try {
        rate.count(`3.${n}`, at + 60_001);
        return 1;
      } catch {
        return 0;
      }
    });
    expect(allowed.filter(Boolean)).toHaveLength(599);
  });
});

describe('POST /session/create', () => {
  it('D.1: answers the SDK with a list of one', async () => {
    const { status, body, headers } = await post('/session/create', 'archiveMode=manual&p2p.preference=enabled&location=1.2.3.4', { 'x-opentok-auth': 'a.b.c' });
    expect([status, body]).toEqual([200, [{ session_id: '2_abc', project_id: CLIENT, partner_id: CLIENT, create_dt: session.createdAt, media_server_url: '' }]]);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(requestOf(createSdkOpentokSession)).toEqual({ auth: 'a.b.c', mediaMode: 'relayed', location: '1.2.3.4' });
  });

  it.each(['p2p.preference=maybe', 'archiveMode=never', 'location=here', 'location=1.2.3.4&location=1.2.3.4'])('D.2: %s is 400, with a message at the top', async (form) => {
    expect(await post('/session/create', form, { 'x-opentok-auth': 'a.b.c' })).toMatchObject({ status: 400, body: { message: expect.any(String), code: 'request.invalid' } });
  });

  it('D.3: 401 is JSON with a message', async () => {
    gateway.services.refuse(createSdkOpentokSession, new AppError('unauthenticated', 'opentok.auth', 'No.'));
    expect(await post('/session/create', '', {})).toMatchObject({ status: 401, text: '{"message":"No.","code":"opentok.auth"}' });
  });
});

describe('Other methods', () => {
  it.each(['/session', '/session/2_abc/access', '/session/2_abc/connect'])('G.1: whoever sends another type to %s is told which there are', async (path) => {
    const { status, text } = await post(path, 'sid=room', { ...good, 'content-type': 'text/plain' });
    expect([status, text]).toEqual([400, expect.stringContaining('Send the body as Content-Type: application/json or application/x-www-form-urlencoded.')]);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])('G.2: %s is 405, and told in JSON what there is', async (method) => {
    for (const path of ['/session', '/session/2_abc/access', '/session/2_abc/connect', '/session/create']) {
      const { status, text, headers } = await send(gateway.url + path, { method, headers: good });
      expect([path, status, headers.get('allow'), headers.get('content-type')]).toEqual([path, 405, 'OPTIONS, POST', 'application/json; charset=utf-8']);
      const told = { message: expect.any(String) as string, code: 'route.method' };
      if (method !== 'HEAD') expect(JSON.parse(text)).toEqual(path === '/session/create' ? told : { error: told });
    }
  });
});

describe('POST /session/:id/connect', () => {
  it('C.1: grants an entry', async () => {
    expect(await post('/session/2_abc/connect', { token: 'T1==x' }, {})).toMatchObject({ status: 200, body: { content: { accessToken: 'a.b.c', sessionId: 'room', subscriptionId: null } } });
    await post('/session/2_abc/connect', 'token=T1%3D%3Dx', {});
    expect(gateway.services.asked.map(({ request }) => request)).toEqual([{ opentokSessionId: '2_abc', token: 'T1==x' }, { opentokSessionId: '2_abc', token: 'T1==x' }]);
  });

  it.each<[object | string | undefined]>([[undefined], [{}], [{ token: '' }], [{ token: 7 }], ['token='], [{ token: 'x', name: '' }]])('C.2: %j is refused', async (body) => {
    expect(await post('/session/2_abc/connect', body, {})).toMatchObject({ status: 400, body: failure });
  });

  it('C.2: a token of more than 32,768 characters is refused', async () => {
    expect((await post('/session/2_abc/connect', { token: `T1==${'A'.repeat(32_764)}` }, {})).status).toBe(200);
    expect(await post('/session/2_abc/connect', { token: `T1==${'A'.repeat(32_765)}` }, {})).toMatchObject({ status: 400, body: failure });
  });
});
