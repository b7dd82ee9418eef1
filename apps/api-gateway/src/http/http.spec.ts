import { createSubscription, getClient } from '@parley/dto';
import { currentRequest } from '@parley/platform';
import { eventually, notYet } from '@parley/testing';
import { send, sendRaw } from '../testing/http.js';
import { CLIENT, ORG, startTestGateway, type TestGateway } from '../testing/test-gateway.js';

const good = { authorization: 'Bearer good' };
const client = { clientId: CLIENT, orgId: ORG, name: 'Clinic', active: true };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.services.forget();
  gateway.logs.length = 0;
  gateway.services.on(getClient, () => client);
});

const rawJson = (answer: string): { head: string; body: unknown } => {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { head, body: JSON.parse(body) as unknown };
};

describe('What HTTP itself can get wrong', () => {
  it.each([
    ['E.5: no HTTP', 'hello there\r\n\r\n', 400, 'request.malformed'],
    ['E.5: a method that does not exist', 'FETCH /v1 HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'request.malformed'],
    ['E.5: a header that is none', 'GET /v1 HTTP/1.1\r\nhost: x\r\nno header\r\n\r\n', 400, 'request.malformed'],
    ['E.5: two lengths', 'POST /v1 HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400, 'request.malformed'],
    ['E.5: no host', 'GET /v1 HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'request.malformed'],
    ['E.5: HTTP/0.9', 'GET /v1\r\n\r\n', 400, 'request.malformed'],
    ['E.6: headers that are too large', `GET /v1 HTTP/1.1\r\nhost: x\r\nx-much: ${'a'.repeat(17000)}\r\n\r\n`, 431, 'request.headers_too_large'],
    ['E.6: an address that is too large', `GET /v1/session/${'a'.repeat(17000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431, 'request.headers_too_large'],
  ])('%s', async (_, bytes, status, code) => {
    const { head, body } = rawJson(await sendRaw(gateway.port, bytes));
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/json; charset=utf-8');
    expect(body).toEqual({ error: { message: expect.any(String), code } });
  });

  it('answers an expectation that it does not know like any request', async () => {
    const answer = await sendRaw(gateway.port, 'GET /health/live HTTP/1.1\r\nhost: x\r\nexpect: wonders\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('E.6: hears a body out that is too large, and goes on with the connection closed', async () => {
    gateway.services.on(createSubscription, () => {
      throw new Error('must not be asked');
    });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        send(`${gateway.url}/v1/orgs/${ORG}/subscriptions`, { method: 'POST', body: 'x'.repeat(3_000_000), headers: { ...good, 'content-type': 'application/json' } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 413));
  });

  it.each([['/v1/nothing', 404], ['/v1', 405], ['/nothing', 404]])('refuses a body of 2 MB at %s as well', async (path, status) => {
    expect((await send(gateway.url + path, { method: 'POST', body: 'x'.repeat(2_000_000) })).status).toBe(status);
  });

  it('takes the absolute form of a target (RFC 9112, 3.2.2)', async () => {
    const answer = await sendRaw(gateway.port, 'GET http://x.test/v1/nothing?a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(rawJson(answer).body).toMatchObject({ error: { code: 'route.not_found' } });
  });
});

describe('HEAD and OPTIONS', () => {
  it('G.8: HEAD is GET without the body', async () => {
    const answer = await send(`${gateway.url}/v1`, { method: 'HEAD', headers: good });
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '', 'application/json; charset=utf-8']);
  });

  it('G.8: OPTIONS tells what an address takes', async () => {
    const answer = await send(`${gateway.url}/v1/orgs/${ORG}/subscriptions/x`, { method: 'OPTIONS' });
    expect([answer.status, answer.headers.get('allow'), answer.body.content]).toEqual([200, 'DELETE, GET, HEAD, OPTIONS', { methods: ['DELETE', 'GET', 'HEAD', 'OPTIONS'] }]);
  });

  it('E.4: OPTIONS of no address', async () => expect((await send(`${gateway.url}/v1/nothing`, { method: 'OPTIONS' })).status).toBe(404));
});

describe('The context of a request', () => {
  const seen = () => {
    let context: ReturnType<typeof currentRequest>;
    gateway.services.on(getClient, () => ((context = currentRequest()), client));
    return () => context;
  };

  it('G.7: carries the id that the caller gave, and tells it', async () => {
    const context = seen();
    const answer = await send(`${gateway.url}/v1`, { headers: { ...good, 'x-request-id': 'my-request-1' } });
    expect([context()?.requestId, answer.headers.get('x-request-id')]).toEqual(['my-request-1', 'my-request-1']);
  });

  it.each([['short'], ['with spaces in it'], ['x'.repeat(129)]])('G.7: makes its own instead of %s', async (id) => {
    const given = (await send(`${gateway.url}/v1`, { headers: { ...good, 'x-request-id': id } })).headers.get('x-request-id');
    expect(given).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('G.7: tells it with every failure, those before a route is found included', async () => {
    for (const path of ['/v1/nothing', '/v1/%zz', '/v1', '/nothing']) {
      const answer = await send(gateway.url + path, { headers: { 'x-request-id': 'my-request-2' } });
      expect([path, answer.headers.get('x-request-id'), answer.headers.get('x-content-type-options')]).toEqual([path, 'my-request-2', 'nosniff']);
    }
  });

  it('hands the token on, and a trace that is one', async () => {
    const context = seen();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await send(`${gateway.url}/v1`, { headers: { ...good, traceparent } });
    expect(context()).toMatchObject({ authorization: 'Bearer good', traceparent });
    await send(`${gateway.url}/v1`, { headers: { ...good, traceparent: 'nonsense' } });
    expect(context()?.traceparent).toBeUndefined();
  });

  it('G.9: gives 2 s from when the body is in', async () => {
    const context = seen();
    const before = Date.now();
    await send(`${gateway.url}/v1`, { headers: good });
    const took = Date.now() - before;
    expect((context()?.deadline ?? 0) - before).toBeGreaterThanOrEqual(2000);
    expect((context()?.deadline ?? 0) - before).toBeLessThanOrEqual(2000 + took);
  });

  it('is there in a route with a body', async () => {
    let requestId: string | undefined;
    gateway.services.on(createSubscription, () => {
      requestId = currentRequest()?.requestId;
      throw new Error('enough');
    });
    await send(`${gateway.url}/v1/orgs/${ORG}/subscriptions`, {
      method: 'POST',
      body: '{"ref":"r","email":"e","name":"n"}',
      headers: { ...good, 'content-type': 'application/json', 'x-request-id': 'my-request-3' },
    });
    expect(requestId).toBe('my-request-3');
  });
});

describe('The log', () => {
  it('has one line for each request: who, which route, how it went', async () => {
    await send(`${gateway.url}/v1/orgs/${ORG}/clients/abc?secret=1`, { headers: { ...good, 'x-request-id': 'my-request-4' } });
    expect(gateway.logs).toEqual([
      expect.objectContaining({ msg: 'request', requestId: 'my-request-4', orgId: ORG, method: 'GET', route: '/v1/orgs/:org/clients/:id', status: 200, ms: expect.any(Number) }),
    ]);
  });

  it('never has an address: links and query strings are secrets', async () => {
    for (const path of ['/v1/session/SECRET', '/v1/session/%zz-SECRET', '/v1/SECRET', '/v1/auth/x?SECRET', '/v1?a=SECRET', `/v1/session/${'SECRET'.repeat(1500)}`]) {
      await send(gateway.url + path, { headers: good });
    }
    expect(gateway.logs.filter(({ msg }) => msg === 'request')).toHaveLength(6);
    expect(JSON.stringify(gateway.logs)).not.toContain('SECRET');
  });
});

describe('Health', () => {
  it('is told on the port of the API', async () => {
    const live = await send(`${gateway.url}/health/live`);
    expect([live.status, live.text]).toEqual([200, '{"live":true}']);
    const ready = await send(`${gateway.url}/health/ready`);
    expect([ready.status, ready.text]).toEqual([200, '{"ready":true,"checks":{}}']);
  });

  it('E.10: speaks RFC 9457 where it fails', async () => {
    const answer = await send(`${gateway.url}/health/x`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });
});

describe('Stopping', () => {
  it('finishes what is running and ends the connections', async () => {
    const stopping = await startTestGateway();
    let release = (): void => undefined;
    const running = new Promise<void>((resolve) => {
      stopping.services.on(getClient, () => {
        resolve();
        return new Promise<void>((go) => (release = go)).then(() => client) as never;
      });
    });
    const answer = send(`${stopping.url}/v1`, { headers: good });
    await running;
    const stopped = stopping.stop();
    await eventually(() => send(stopping.url).then(() => notYet('it still listens'), () => 'closed'));
    release();
    expect([(await answer).status, (await answer).headers.get('connection')]).toEqual([200, 'close']);
    await stopped;
    await expect(send(`${stopping.url}/v1`)).rejects.toThrow('fetch failed');
  });

  it('says so while it stops', async () => {
    const stopping = await startTestGateway();
    stopping.readiness.stop();
    const answer = await send(`${stopping.url}/health/ready`);
    expect([answer.status, answer.text]).toEqual([503, '{"ready":false,"checks":{"process":"is stopping"}}']);
    await stopping.stop();
  });
});
