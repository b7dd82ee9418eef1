import { Readiness, serveHealth } from './health.js';
import { measured, mergedMetrics, type MetricsSnapshot, processMetrics } from './metrics.js';

describe('Health', () => {
  it('is ready when every check passes, and names the ones that do not', async () => {
    const readiness = new Readiness();
    readiness.add('database', () => Promise.resolve());
    expect(await readiness.report()).toEqual({ ready: true, checks: { database: 'ok' } });
    readiness.add('nats', () => Promise.reject(new Error('not connected to NATS')));
    expect(await readiness.report()).toEqual({ ready: false, checks: { database: 'ok', nats: 'not connected to NATS' } });
  });

  it('counts a check that hangs as failed after a second', async () => {
    const readiness = new Readiness();
    readiness.add('database', () => new Promise(() => undefined));
    expect(await readiness.report()).toEqual({ ready: false, checks: { database: 'did not answer within 1 s' } });
  });

  it('is not ready while the process stops, but alive', async () => {
    const readiness = new Readiness();
    const { server, port } = await serveHealth({ readiness, metrics: processMetrics('spec', readiness) }, '127.0.0.1', 0);
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await statusOf('/health/ready'), await statusOf('/health/live'), await statusOf('/x')]).toEqual([200, 200, 404]);
    readiness.stop();
    expect([await statusOf('/health/ready'), await statusOf('/health/live')]).toEqual([503, 200]);
    server.close();
  });
});

describe('Metrics', () => {
  const serve = async (service: string) => {
    const readiness = new Readiness();
    const metrics = processMetrics(service, readiness);
    measured(metrics, 'parley_things', 'Things.', () => Promise.resolve(3));
    measured(metrics, 'parley_lost_things', 'What nobody can count now.', () => Promise.reject(new Error('no database')));
    const { server, port } = await serveHealth({ readiness, metrics }, '127.0.0.1', 0);
    const get = (accept: string) => fetch(`http://127.0.0.1:${port}/metrics`, { headers: { accept } });
    return { get, stop: () => server.close() };
  };

  it('are told in the text format of Prometheus, each with its service, and nothing of what can’t be read', async () => {
    const { get, stop } = await serve('session-service');
    const response = await get('*/*');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith('parley_'));
    expect(lines.map((line) => line.replace(/,instance="[^"]+"/, ''))).toEqual([
      'parley_ready{service="session-service"} 1',
      'parley_things{service="session-service"} 3',
    ]);
    stop();
  });

  it('of several processes are one text, in which each keeps its own', async () => {
    const both = await Promise.all([serve('session-service'), serve('call-service')]);
    const snapshots = await Promise.all(both.map(async ({ get }) => (await (await get('application/json')).json()) as MetricsSnapshot));
    const lines = (await mergedMetrics(snapshots)).split('\n');
    expect(lines.filter((line) => line.includes('parley_things')).map((line) => line.replace(/,instance="[^"]+"/, ''))).toEqual([
      '# HELP parley_things Things.',
      '# TYPE parley_things gauge',
      'parley_things{service="session-service"} 3',
      'parley_things{service="call-service"} 3',
    ]);
    both.forEach(({ stop }) => stop());
  });
});
