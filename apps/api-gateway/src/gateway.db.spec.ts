import type { AddressInfo } from 'node:net';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { listRevocations } from '@parley/dto';
import { createLogger, NestLogger, PlatformModule, Readiness } from '@parley/platform';
import { NatsServer, Rpc, RpcModule } from '@parley/rpc';
import { eventually, notYet, testNats, type TestNats } from '@parley/testing';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';
import { listenHttp } from './http/http-app.js';
import { type Answer, send } from './testing/http.js';

@Controller()
class NothingRevoked {
  @Rpc(listRevocations)
  list() {
    return { asOf: new Date().toISOString(), revocations: [] };
  }
}

/** Of auth-service what a gateway needs to be ready; it knows no key. */
async function startAuth(natsUrl: string) {
  @Module({ imports: [RpcModule.forRoot({ service: 'auth', natsUrl })], controllers: [NothingRevoked] })
  class AuthModule {}
  const module = PlatformModule.around(AuthModule, createLogger({ name: 'auth', level: 'silent', format: 'json' }), new Readiness());
  const app = await NestFactory.createMicroservice(module, { strategy: new NatsServer('auth', natsUrl), logger: false });
  await app.listen();
  return app;
}

/** The whole gateway, and no other service. */
async function start(natsUrl: string) {
  const config = readConfig({ NATS_URL: natsUrl, AUTH_URL: 'http://127.0.0.1:1', PORT: '0' });
  const logger = createLogger({ name: 'api-gateway', level: 'silent', format: 'json' });
  const app = await listenHttp(PlatformModule.around(AppModule.forRoot(config), logger, new Readiness()), config, new NestLogger(logger));
  return { url: `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`, stop: () => app.close() };
}

/** The quickest of some, so that a busy machine is not taken for a slow gateway. */
async function quickest(work: () => Promise<Answer>): Promise<Answer & { ms: number }> {
  const answers: (Answer & { ms: number })[] = [];
  for (let count = 0; count < 5; count += 1) {
    const began = performance.now();
    answers.push({ ...(await work()), ms: performance.now() - began });
  }
  return answers.reduce((best, each) => (each.ms < best.ms ? each : best));
}

describe('While NATS is away', () => {
  let nats: TestNats;
  let gateway: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    nats = await testNats();
    await nats.kill();
    gateway = await start(nats.url);
  });
  afterAll(async () => {
    await gateway.stop();
    await nats.stop();
  });

  const ready = () => send(`${gateway.url}/health/ready`);
  const becomes = (status: number) => eventually(async () => (await ready()).status === status || notYet(`not ${status} yet`));

  it.each(['/v1/session/h.p.s', '/v1'])('E.7: %s says so within 100 ms', async (path) => {
    for (const moment of ['never there', 'there', 'gone again']) {
      if (moment === 'there') await nats.restart();
      const auth = moment === 'there' ? await startAuth(nats.url) : undefined;
      if (moment === 'gone again') await nats.kill();
      await becomes(moment === 'there' ? 200 : 503);
      await auth?.close();
      // The token is one that would be looked at: its key must be asked for.
      const token = `${Buffer.from('{"alg":"ES256","kid":"k","typ":"at+jwt"}').toString('base64url')}.e30.xA`;
      const answer = await quickest(() => send(gateway.url + path, { headers: { authorization: `Bearer ${token}` } }));
      expect([moment, answer.status, answer.headers.get('retry-after'), answer.body.error.code]).toEqual([moment, 503, '1', 'unavailable']);
      expect(answer.body.error['outcome']).toBeUndefined();
      expect(answer.ms).toBeLessThan(100);
    }
  });

  it('the process lives, and says that it is not ready', async () => {
    await becomes(503);
    expect((await send(`${gateway.url}/health/live`)).status).toBe(200);
    expect(JSON.parse((await ready()).text)).toMatchObject({ ready: false, checks: { 'nats-client': expect.not.stringMatching(/^ok$/) } });
  });
});

describe('While auth-service is away', () => {
  let nats: TestNats;
  let gateway: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    nats = await testNats();
    gateway = await start(nats.url);
  });
  afterAll(async () => {
    await gateway.stop();
    await nats.stop();
  });

  const checks = async () => (JSON.parse((await send(`${gateway.url}/health/ready`)).text) as { checks: Record<string, string> }).checks;

  it('a gateway that does not know yet what is revoked is not ready, and becomes ready when it does', async () => {
    await eventually(async () => (await checks())['nats-client'] === 'ok' || notYet('not connected'));
    expect((await checks())['revocations']).toBe("The list of revoked tokens can't be reached right now. Try again in a moment.");
    const auth = await startAuth(nats.url);
    await eventually(async () => (await checks())['revocations'] === 'ok' || notYet('still unknown'));
    await auth.close();
  });
});
