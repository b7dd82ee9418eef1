import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import * as contracts from '@parley/dto';
import { type EventContract, type LiveContract, owners, type RpcContract, type Service, streamOf } from '@parley/dto';
import { natsOptions } from '@parley/platform';
import { checkout, eventually, notYet, permissionsOfListener, permissionsOfService, serviceNames, testNats, type TestNats } from '@parley/testing';

type Contract = RpcContract | EventContract | LiveContract;
const isContract = (value: unknown): value is Contract => typeof value === 'object' && value !== null && 'subject' in value && 'owner' in value;
const all: Contract[] = (Object.values(contracts) as unknown[]).filter(isContract);
const identities: readonly Service[] = [...owners, 'gateway'];
const consumed: Record<Service, readonly string[]> = { ...Object.fromEntries(owners.map((owner) => [owner, consumedBy(owner)])), gateway: [] } as never;

/** What the architecture says, apart from how the permissions are made: who may send on a subject. */
const maySend = (service: Service, contract: Contract): boolean =>
  contract.type === 'rpc' ? contract.callers.includes(service) : contract.owner === service;
const mayHear = (service: Service, contract: Contract): boolean =>
  contract.type === 'live' || (contract.type === 'rpc' && contract.owner === service);

/** What the module of the service says. */
function consumedBy(owner: string): string[] {
  const module = readFileSync(join(checkout, `apps/${owner}-service/src/app.module.ts`), 'utf8');
  return [...(/consumes: \[(.*?)\]/.exec(module)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
}

let nats: TestNats;
const connections = new Map<string, { nc: NatsConnection; refused: Set<string> }>();

beforeAll(async () => {
  const named = Object.fromEntries(serviceNames.map((name) => [name === 'api-gateway' ? 'gateway' : name.replace('-service', ''), permissionsOfService(name)]));
  nats = await testNats({ ...named, presence: permissionsOfListener({ name: 'presence', consumes: ['session'] }) });
  await Promise.all([...identities, 'presence'].map((name) => connectAs(name)));
});
afterAll(async () => {
  await Promise.all([...connections.values()].map(({ nc }) => nc.close()));
  await nats.stop();
});

async function connectAs(name: string): Promise<void> {
  const nc = await connect({ ...natsOptions(nats.urlOf(name), name), waitOnFirstConnect: false });
  const refused = new Set<string>();
  connections.set(name, { nc, refused });
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === 'error' && status.error instanceof PermissionViolationError) refused.add(`${status.error.operation} ${status.error.subject}`);
    }
  })();
}

const as = (name: string) => connections.get(name) ?? { nc: undefined as never, refused: new Set<string>() };

/** Which of them the server refuses, tried in one go. */
async function refusedOf(name: string, operation: 'publish' | 'subscription', subjects: readonly string[]): Promise<string[]> {
  const { nc, refused } = as(name);
  for (const subject of subjects) {
    if (operation === 'publish') nc.publish(subject);
    else nc.subscribe(subject, { callback: () => undefined });
  }
  await nc.flush();
  const marker = `forbidden.to.all.${operation}.${refused.size}`; // what is refused is told in order: behind it nothing is to come
  if (operation === 'publish') nc.publish(marker);
  else nc.subscribe(marker, { callback: () => undefined });
  await eventually(() => (refused.has(`${operation} ${marker}`) ? undefined : notYet('the server has not answered')));
  return subjects.filter((subject) => refused.has(`${operation} ${subject}`));
}

describe.each(identities)('%s', (service) => {
  const others = owners.filter((owner) => owner !== service);

  test('sends what its contracts say and nothing else', async () => {
    const allowed = all.filter((contract) => maySend(service, contract)).map(({ subject }) => subject);
    const forbidden = all.filter((contract) => !maySend(service, contract)).map(({ subject }) => subject);
    expect(await refusedOf(service, 'publish', allowed)).toEqual([]);
    expect(await refusedOf(service, 'publish', forbidden)).toEqual(forbidden);
  });

  test('hears what its contracts say and nothing else', async () => {
    const allowed = all.filter((contract) => mayHear(service, contract)).map(({ subject }) => subject);
    const forbidden = all.filter((contract) => !mayHear(service, contract)).map(({ subject }) => subject);
    expect(await refusedOf(service, 'subscription', [...allowed, `_INBOX_${service}.>`])).toEqual([]);
    const wide = ['>', 'rpc.>', 'evt.>', 'live.>', '$JS.>', '_INBOX.>', '_INBOX_*.>', ...identities.filter((other) => other !== service).map((other) => `_INBOX_${other}.>`)];
    expect(await refusedOf(service, 'subscription', [...forbidden, ...wide])).toEqual([...forbidden, ...wide]);
  });

  test('touches no stream and no durable but its own', async () => {
    const own = consumed[service].map((owner) => `$JS.API.CONSUMER.INFO.EVT_${owner.toUpperCase()}.${service}__${owner}`);
    expect(await refusedOf(service, 'publish', own)).toEqual([]);
    const streams = others.flatMap((owner) => ['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.DELETE', 'MSG.GET'].map((verb) => `$JS.API.STREAM.${verb}.${streamOf(owner)}`));
    const foreign = owners
      .filter((owner) => !consumed[service].includes(owner))
      .flatMap((owner) => ['CREATE', 'INFO', 'DELETE', 'MSG.NEXT'].map((verb) => `$JS.API.CONSUMER.${verb}.${streamOf(owner)}.${service}__${owner}`));
    const theirs = owners.flatMap((owner) => others.map((other) => `$JS.API.CONSUMER.MSG.NEXT.${streamOf(owner)}.${other}__${owner}`));
    const acks = owners.flatMap((owner) => others.map((other) => `$JS.ACK.${streamOf(owner)}.${other}__${owner}.1.1.1.1.0`));
    const purge = owners.map((owner) => `$JS.API.STREAM.PURGE.${streamOf(owner)}`);
    const forbidden = [...new Set([...streams, ...foreign, ...theirs, ...acks, ...purge, '$JS.API.STREAM.CREATE.OTHER', '$JS.API.STREAM.NAMES', '$JS.API.INFO', '$SYS.REQ.SERVER.PING'])];
    expect(await refusedOf(service, 'publish', forbidden)).toEqual(forbidden);
  });
});

test('a service of somebody else’s hears the events that it was let in for, and sends nothing', async () => {
  const forbidden = [...all.map(({ subject }) => subject), '$JS.API.CONSUMER.MSG.NEXT.EVT_AUTH.presence__auth', '$JS.API.STREAM.DELETE.EVT_SESSION'];
  expect(await refusedOf('presence', 'publish', forbidden)).toEqual(forbidden);
  expect(await refusedOf('presence', 'publish', ['$JS.API.CONSUMER.INFO.EVT_SESSION.presence__session'])).toEqual([]);
});

test('nobody comes in without an identity', async () => {
  const anonymous = { servers: natsOptions(nats.url).servers, maxReconnectAttempts: 0 };
  await expect(connect(anonymous)).rejects.toThrow(/authorization/i);
  await expect(connect({ ...anonymous, token: 'test-token' })).rejects.toThrow(/authorization/i);
});
