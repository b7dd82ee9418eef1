import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, sendRaw } from '../testing/http.js';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.js';

interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let auth: Server;
let seen: Seen[];
let respond: (request: IncomingMessage, response: ServerResponse) => void;
let gateway: TestGateway;
let trusting: TestGateway;

async function record(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
  respond(request, response);
}

beforeAll(async () => {
  auth = createServer((request, response) => void record(request, response));
  await new Promise<void>((resolve) => auth.listen(0, '127.0.0.1', resolve));
  const env = { AUTH_URL: `http://127.0.0.1:${(auth.address() as AddressInfo).port}`, PARLEY_PUBLIC_URL: 'https://calls.example' };
  gateway = await startTestGateway(env);
  trusting = await startTestGateway({ ...env, PARLEY_TRUST_PROXY: '127.0.0.1' });
});
afterAll(async () => {
  await gateway.stop();
  await trusting.stop();
  auth.closeAllConnections();
  await new Promise((resolve) => auth.close(resolve));
});
beforeEach(() => {
  seen = [];
  respond = (_request, response) => response.setHeader('content-type', 'application/json').end('{}');
});

describe('What auth-service serves', () => {
  it('goes there as it came, path, query and body unread', async () => {
    for (const path of ['/oauth/token?a=b%20c&a=d', '/auth/login/x%2Fy', '/v1/auth/token', '/.well-known/jwks.json', '/oauth', '/auth']) {
      await send(gateway.url + path, { method: 'POST', body: '{"not json', headers: { 'content-type': 'application/json', authorization: 'Basic x' } });
    }
    expect(seen.map(({ url }) => url)).toEqual(['/oauth/token?a=b%20c&a=d', '/auth/login/x%2Fy', '/v1/auth/token', '/.well-known/jwks.json', '/oauth', '/auth']);
    expect(seen[0]).toMatchObject({ method: 'POST', body: '{"not json', headers: { authorization: 'Basic x', 'content-type': 'application/json' } });
  });

  it('comes back as it is: status, cookies, redirects, pages', async () => {
    respond = (_request, response) => response.writeHead(303, { location: 'https://app.example/cb?code=1', 'set-cookie': ['a=1; Path=/', 'b=2'], 'content-type': 'text/html' }).end('<p>');
    const answer = await send(`${gateway.url}/oauth/auth`);
    expect([answer.status, answer.headers.get('location'), answer.headers.getSetCookie(), answer.text]).toEqual([303, 'https://app.example/cb?code=1', ['a=1; Path=/', 'b=2'], '<p>']);
  });

  it('passes a body of several megabytes through', async () => {
    await send(`${gateway.url}/v1/auth/token`, { method: 'POST', body: 'x'.repeat(3_000_000) });
    expect(seen[0]?.body.length).toBe(3_000_000);
  });

  it('learns from the gateway alone who asks and where', async () => {
    await send(`${gateway.url}/oauth/token`, {
      headers: { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6', 'x-request-id': 'my-request-1' },
    });
    expect(seen[0]?.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'calls.example', 'x-forwarded-proto': 'https', 'x-request-id': 'my-request-1' });
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['forwarded']));
    expect(seen[0]?.headers['x-real-ip']).toBeUndefined();
  });

  it('learns the address that a trusted proxy tells', async () => {
    await send(`${trusting.url}/oauth/token`, { headers: { 'x-forwarded-for': '6.6.6.6, 7.7.7.7', 'x-forwarded-host': 'evil.example' } });
    expect(seen[0]?.headers).toMatchObject({ 'x-forwarded-for': '7.7.7.7', 'x-forwarded-host': 'calls.example' });
  });

  it('gets nothing that belongs to one connection, either way', async () => {
    respond = (_request, response) => response.writeHead(200, { 'keep-alive': 'timeout=9', 'proxy-authenticate': 'x', 'x-request-id': 'not-yours-1', 'content-type': 'application/json' }).end('{}');
    const answer = await sendRaw(
      gateway.port,
      'POST /oauth/token HTTP/1.1\r\nhost: x\r\nte: trailers\r\nexpect: 100-continue\r\nproxy-authorization: x\r\nx-hop: y\r\nkeep-alive: 5\r\nx-request-id: my-request-2\r\nconnection: close, x-hop\r\ncontent-length: 2\r\n\r\nab',
    );
    expect(seen[0]?.body).toBe('ab');
    for (const name of ['te', 'expect', 'proxy-authorization', 'x-hop', 'keep-alive']) expect([name, seen[0]?.headers[name]]).toEqual([name, undefined]);
    expect(answer).not.toMatch(/proxy-authenticate|timeout=9|not-yours-1/i);
    expect(answer).toMatch(/x-request-id: my-request-2/i);
  });

  it('does not choke on a GET with a body', async () => {
    const answer = await sendRaw(gateway.port, 'GET /oauth/auth HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nab');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is asked once, also when it says 503', async () => {
    respond = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end();
    expect((await send(`${gateway.url}/oauth/auth`)).status).toBe(503);
    expect(seen).toHaveLength(1);
  });

  it('is not asked for what lies elsewhere', async () => {
    for (const path of ['/oauth/..%2fadmin', '/oauth/%2e%2e/admin', '/oauth/..%5cadmin', '/authors']) {
      expect((await sendRaw(gateway.port, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)).slice(9, 12)).toMatch(/^40[04]$/);
    }
    expect(seen).toEqual([]);
  });

  it('is in the log', async () => {
    gateway.logs.length = 0;
    await send(`${gateway.url}/v1/auth/token?client_secret=SECRET`, { method: 'POST', body: 'a=b' });
    expect(gateway.logs).toEqual([expect.objectContaining({ route: '/v1/auth/*', method: 'POST', status: 200 })]);
  });
});

/** Milliseconds of the quickest of some, so that a busy machine is not taken for a slow gateway. */
async function quickest(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}

describe('E.9: while auth-service is away', () => {
  it.each(['/oauth/token', '/auth/login', '/v1/auth/token', '/.well-known/jwks.json'])('%s says so at once', async (path) => {
    const lonely = await startTestGateway();
    await send(lonely.url); // a busy machine takes its time over the first request of all
    const post = () => send(lonely.url + path, { method: 'POST', body: 'a=b' });
    const answer = await post();
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([503, '1', 'application/json; charset=utf-8']);
    expect(answer.body).toMatchObject({ error: 'temporarily_unavailable', error_description: expect.any(String) });
    expect(await quickest(post)).toBeLessThan(100);
    await lonely.stop();
  });

  it('says so as well when it breaks off', async () => {
    respond = (_request, response) => response.destroy();
    const answer = await send(`${gateway.url}/oauth/token`, { method: 'POST', body: 'a=b' });
    expect([answer.status, answer.body]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
  });
});
