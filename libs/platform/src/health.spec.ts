import { Readiness, serveHealth } from './health.js';

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
    const { server, port } = await serveHealth(readiness, '127.0.0.1', 0);
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await statusOf('/health/ready'), await statusOf('/health/live'), await statusOf('/x')]).toEqual([200, 200, 404]);
    readiness.stop();
    expect([await statusOf('/health/ready'), await statusOf('/health/live')]).toEqual([503, 200]);
    server.close();
  });
});
