import { processMetrics, Readiness, serveHealth } from '@parley/platform';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.js';

let gateway: TestGateway;
let session: Awaited<ReturnType<typeof serveHealth>>;
let downPort: number;

const addressOf = (port: number) => `http://127.0.0.1:${port}/metrics`;

beforeAll(async () => {
  const readiness = new Readiness();
  session = await serveHealth({ readiness, metrics: processMetrics('session-service', readiness) }, '127.0.0.1', 0);
  const gone = await serveHealth({ readiness, metrics: processMetrics('call-service', readiness) }, '127.0.0.1', 0);
  downPort = gone.port;
  const targets = [session.port, downPort].map(addressOf);
  gone.server.close();
  gateway = await startTestGateway({ METRICS_TARGETS: targets.join(', ') });
});
afterAll(async () => {
  session.server.close();
  await gateway.stop();
});

const ask = (headers: Record<string, string> = {}) => fetch(`${gateway.url}/metrics`, { headers });
const fromElsewhere = { 'x-forwarded-for': '203.0.113.9' };

test('the metrics of all processes are one text, and one that does not answer is said to be down', async () => {
  const response = await ask();

  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  expect(text).toMatch(/^parley_ready\{service="api-gateway",instance=".+"\} 1$/m);
  expect(text).toMatch(/^parley_ready\{service="session-service",instance=".+"\} 1$/m);
  expect(text.match(/^# TYPE parley_ready gauge$/gm)).toHaveLength(1);
  const up = Object.fromEntries([...text.matchAll(/^parley_up\{target="127\.0\.0\.1:(\d+)".*\} (\d)$/gm)].map(([, port, value]) => [port, value]));
  expect(up).toEqual({ [session.port]: '1', [downPort]: '0' });
});

test.each([
  ['nobody', {}, 401],
  ['a client without the scope', { authorization: 'Bearer eyJhbGciOiJFUzI1NiJ9.e30.good' }, 403],
  ['a client with the scope', { authorization: 'Bearer eyJhbGciOiJFUzI1NiJ9.e30.admin' }, 200],
])('from another machine: %s', async (_, headers, status) => {
  const response = await ask({ ...fromElsewhere, ...headers });

  expect(response.status).toBe(status);
  if (status !== 200) expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
});
