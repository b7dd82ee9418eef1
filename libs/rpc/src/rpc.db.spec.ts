import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { AppError, closeSubscription, findActiveSubscription, getClient, getOrg, getSigningKeys, type RequestOf, verifyLinks } from '@parley/dto';
import { type Actor, Es256Signer, newSigningKey, publicHalf } from '@parley/jwt';
import { createLogger, currentRequest, PlatformModule, Readiness, type RequestContext, withRequest } from '@parley/platform';
import { eventually, notYet, onBroker, testNats, type TestNats } from '@parley/testing';
import { Caller, NatsServer, Rpc, RpcClient, RpcModule } from './index.js';

const ISSUER = 'http://parley.test';
const slow = { started: 0, finished: 0, ms: 300 };
let signingKey: Awaited<ReturnType<typeof newSigningKey>>;

/** One handler for each way in which a request can go. */
@Controller()
class Answers {
  @Rpc(getSigningKeys)
  keys() {
    return { issuer: ISSUER, keys: [publicHalf(signingKey)] };
  }
  @Rpc(getOrg)
  org(@Caller() actor: Actor) {
    const size = /^size-(\d+)$/.exec(currentRequest()?.requestId ?? '')?.[1];
    if (size) return { orgId: actor.orgId, name: 'x'.repeat(Number(size)), active: true };
    return { orgId: actor.orgId, name: `asked in ${currentRequest()?.requestId}`, active: true, internals: 'not for the wire' };
  }
  @Rpc(getClient)
  client(@Payload() { clientId }: RequestOf<typeof getClient>) {
    throw new AppError('conflict', 'test.conflict', `No ${clientId}`, { limit: 5 });
  }
  @Rpc(verifyLinks)
  fault() {
    throw new Error('relation "secret_table" does not exist');
  }
  @Rpc(findActiveSubscription)
  async slowly() {
    slow.started += 1;
    await new Promise((resolve) => setTimeout(resolve, slow.ms));
    slow.finished += 1;
    return { subscription: null };
  }
}

@Injectable()
class Asker {
  constructor(@Inject(RpcClient) readonly client: RpcClient) {}
}

const lines: string[] = [];
const logger = createLogger({ name: 'test', level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });

async function serve(natsUrl: string) {
  @Module({ imports: [RpcModule.forRoot({ service: 'auth', natsUrl })], controllers: [Answers] })
  class ServiceModule {}
  const module = PlatformModule.around(ServiceModule, logger, new Readiness());
  const strategy = new NatsServer('auth', natsUrl);
  const app = await NestFactory.createMicroservice(module, { strategy, logger: false });
  await app.listen();
  await strategy.check(); // the broker knows its subscriptions
  return app;
}

async function asker(natsUrl: string) {
  @Module({ imports: [RpcModule.forRoot({ service: 'gateway', natsUrl })], providers: [Asker], exports: [Asker] })
  class AskerModule {}
  const readiness = new Readiness();
  const app = await NestFactory.createApplicationContext(PlatformModule.around(AskerModule, logger, readiness), { logger: false });
  return { app, client: app.get(Asker).client, readiness };
}

/** Its connection is made beside its start. */
async function connected<A extends Awaited<ReturnType<typeof asker>>>(one: A): Promise<A> {
  await eventually(async () => (await one.readiness.report()).ready || notYet('not connected'));
  return one;
}

describe('Request and reply between services', () => {
  let nats: TestNats;
  let service: Awaited<ReturnType<typeof serve>>;
  let caller: Awaited<ReturnType<typeof asker>>;
  let token: string;
  const claims = (changes = {}) => ({ iss: ISSUER, aud: 'urn:parley:api', sub: 'key-1', client_id: 'key-1', org_id: 'org-1', scope: 'coviu-enterprise-api', jti: 'j', iat: Date.now() / 1000, exp: Date.now() / 1000 + 60, ...changes });
  /** Without waiting for the deadline, ten seconds away. */
  const AT_ONCE_MS = 5_000;
  const inRequest = <T>(work: () => T, changes: Partial<RequestContext> = {}) =>
    withRequest({ requestId: 'request-1', deadline: Date.now() + 10_000, authorization: `Bearer ${token}`, ...changes }, work);
  const failure = (work: Promise<unknown>) => work.then(() => 'no failure', (error: unknown) => error);

  beforeAll(async () => {
    signingKey = await newSigningKey();
    token = await (await Es256Signer.of(signingKey, 'at+jwt')).sign(claims());
    nats = await testNats();
    service = await serve(nats.url);
    caller = await connected(await asker(nats.url));
  });
  afterAll(async () => {
    await caller.app.close();
    await service.close();
    await nats.stop();
  });

  it('carries the verified caller and the request id, and of a reply only what its contract names', async () => {
    expect(await inRequest(() => caller.client.call(getOrg, {}))).toEqual({ orgId: 'org-1', name: 'asked in request-1', active: true });
  });

  it('logs one line with the request id in the service that answers', async () => {
    await inRequest(() => caller.client.call(getOrg, {}), { requestId: 'request-logged' });
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ requestId }) => requestId === 'request-logged');
    expect(logged).toMatchObject([{ subject: 'rpc.auth.get-org', orgId: 'org-1', code: 'ok' }]);
  });

  it('lets a failure cross whole', async () => {
    const error = await failure(inRequest(() => caller.client.call(getClient, { clientId: 'c1' })));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ kind: 'conflict', code: 'test.conflict', message: 'No c1', details: { limit: 5 } });
  });

  it('withholds the text of a fault of ours, which is in the log', async () => {
    const error = await failure(inRequest(() => caller.client.call(verifyLinks, { links: ['x'] })));
    expect(error).toMatchObject({ kind: 'internal', code: 'internal' });
    expect(JSON.stringify(error)).not.toContain('secret_table');
    expect(lines.join('')).toContain('secret_table');
  });

  it('carries an answer of megabytes, and says so of one that no message holds', async () => {
    const ask = (size: number) => inRequest(() => caller.client.call(getOrg, {}), { requestId: `size-${size}` });
    expect((await ask(6e6)).name).toHaveLength(6e6);
    expect(await failure(ask(9e6))).toMatchObject({ kind: 'unprocessable', code: 'answer.too_large' });
  });

  it('refuses a request that is not of the contract’s shape, naming the field', async () => {
    const error = await failure(inRequest(() => caller.client.call(getClient, { clientId: 7 as unknown as string })));
    expect(error).toMatchObject({ kind: 'invalid', code: 'request.invalid', details: { faults: [{ path: 'clientId' }] } });
  });

  it('refuses a caller without a token, with a bad one, or without the scope', async () => {
    const ask = (authorization: string | undefined) => failure(inRequest(() => caller.client.call(getOrg, {}), { authorization }));
    const scopeless = await (await Es256Signer.of(signingKey, 'at+jwt')).sign(claims({ scope: 'call' }));
    expect(await ask(undefined)).toMatchObject({ code: 'token.missing' });
    expect(await ask('Bearer nonsense')).toMatchObject({ code: 'token.invalid' });
    expect(await ask(`Bearer ${scopeless}`)).toMatchObject({ kind: 'forbidden', code: 'token.scope' });
  });

  it('does not take for a request what JetStream delivers in its place', async () => {
    const before = lines.length;
    await onBroker(nats.url, async (nc) => {
      const jsm = await jetstreamManager(nc);
      await jsm.streams.add({ name: 'STORED', subjects: ['stored.>'] });
      await jsm.consumers.add('STORED', { durable_name: 'reader', ack_policy: 'none' });
      await jetstream(nc).publish('stored.request', JSON.stringify({ pattern: verifyLinks.subject, data: { links: ['x'] }, id: 'r' }));
      const delivered = nc.subscribe(verifyLinks.subject, { max: 1 });
      nc.publish('$JS.API.CONSUMER.MSG.NEXT.STORED.reader', '1', { reply: verifyLinks.subject });
      for await (const { subject } of delivered) expect(subject).toBe('stored.request');
    });
    await inRequest(() => caller.client.call(getOrg, {})); // behind it on the same connection
    expect(lines.slice(before).filter((line) => line.includes(verifyLinks.subject))).toEqual([]);
  });

  it('says at once that nobody answers on a subject', async () => {
    const started = Date.now();
    const unserved = { orgId: 'o', subscriptionId: '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e', ref: 'r', version: 1, endSessions: false };
    const error = await failure(inRequest(() => caller.client.call(closeSubscription, unserved)));
    expect(error).toMatchObject({ kind: 'unavailable', code: 'unavailable' });
    expect((error as AppError).details).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(AT_ONCE_MS);
  });

  it('gives up at the deadline, and then says that the outcome is unknown', async () => {
    const error = await failure(inRequest(() => caller.client.call(findActiveSubscription, { orgId: 'o', ref: 'r' }), { deadline: Date.now() + 100 }));
    expect(error).toMatchObject({ kind: 'unavailable', details: { outcome: 'unknown' } });
  });

  it('does not begin what nobody waits for any more', async () => {
    const before = slow.started;
    const error = await failure(inRequest(() => caller.client.call(findActiveSubscription, { orgId: 'o', ref: 'r' }), { deadline: Date.now() - 1 }));
    expect(error).toMatchObject({ kind: 'unavailable', details: { reason: 'deadline' } });
    expect(slow.started).toBe(before);
  });

  it('finishes and answers what is in work when the service is stopped', async () => {
    const second = await testNats();
    const stopping = await serve(second.url);
    const { app, client } = await connected(await asker(second.url));
    const before = slow.started;
    const answer = inRequest(() => client.call(findActiveSubscription, { orgId: 'o', ref: 'r' }));
    await eventually(() => slow.started > before || notYet('the request has not arrived'));
    await stopping.close();
    expect(await answer).toEqual({ subscription: null });
    await app.close();
    await second.stop();
  });

  it.each([1, 2, 3, 4, 5])('loses none of the requests that the broker has already handed to a service that stops (%i)', async (ticks) => {
    const own = await testNats();
    const services = [await serve(own.url), await serve(own.url)];
    const { app, client } = await connected(await asker(own.url));
    await inRequest(() => client.call(getOrg, {}));
    const deadline = Date.now() + 15_000; // what is lost is never answered, on a busy machine neither
    const answers = Array.from({ length: 300 }, () => failure(inRequest(() => client.call(getOrg, {}), { deadline })));
    for (let tick = 0; tick < ticks; tick += 1) await new Promise(setImmediate);
    await services[0]?.close();
    expect((await Promise.all(answers)).filter((outcome) => outcome !== 'no failure')).toEqual([]);
    await services[1]?.close();
    await app.close();
    await own.stop();
  });

  it('says at once that NATS is away, and works again by itself when it is back', async () => {
    await nats.kill();
    await eventually(async () => (await caller.readiness.report()).ready === false || notYet('still ready'));
    const started = Date.now();
    expect(await failure(inRequest(() => caller.client.call(getOrg, {})))).toMatchObject({ kind: 'unavailable' });
    expect(Date.now() - started).toBeLessThan(AT_ONCE_MS);
    await nats.restart();
    await eventually(async () => (await failure(inRequest(() => caller.client.call(getOrg, {})))) === 'no failure' || notYet('no answer'));
  });

  it('says so at once as well when NATS has never been there, and works by itself when it comes', async () => {
    const late = await testNats();
    await late.kill();
    const { app, client } = await asker(late.url);
    const started = Date.now();
    expect(await failure(inRequest(() => client.call(getOrg, {})))).toMatchObject({ kind: 'unavailable', details: undefined });
    expect(Date.now() - started).toBeLessThan(AT_ONCE_MS);
    await late.restart();
    const back = await serve(late.url);
    await eventually(async () => (await failure(inRequest(() => client.call(getOrg, {})))) === 'no failure' || notYet('no answer'));
    await app.close();
    await back.close();
    await late.stop();
  });
});
