import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import * as contracts from '@parley/dto';
import { canarySent, type EventContract, type LiveContract, type Owner, owners, type RpcContract, type Service, streamOf } from '@parley/dto';
import { natsOptions } from '@parley/platform';
import { checkout, eventsNameOf, eventually, freePort, KeptProcess, notYet, permissionsOfListener, systemIdentities, testNats, type TestNats } from '@parley/testing';

type Contract = RpcContract | EventContract | LiveContract;
const isContract = (value: unknown): value is Contract => typeof value === 'object' && value !== null && 'subject' in value && 'owner' in value;
const all: Contract[] = (Object.values(contracts) as unknown[]).filter(isContract);
const services: readonly Service[] = [...owners, 'gateway'];
const identities = [...services, ...owners.map(eventsNameOf), 'presence', 'deploy'];

/** What the architecture says, apart from how the permissions are made: who may send on a subject, events under another name than the rest. */
const maySend = (identity: string, contract: Contract): boolean => {
  if (contract.type === 'event') return identity === eventsNameOf(contract.owner);
  return contract.type === 'rpc' ? contract.callers.some((caller) => caller === identity) : contract.owner === identity;
};
const mayHear = (identity: string, contract: Contract): boolean =>
  services.some((service) => service === identity) && (contract.type === 'live' || (contract.type === 'rpc' && contract.owner === identity));

/** What the module of the service says. */
function consumedBy(owner: Owner): Owner[] {
  const module = readFileSync(join(checkout, `apps/${owner}-service/src/app.module.ts`), 'utf8');
  return [...(/consumes: \[(.*?)\]/.exec(module)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name as Owner);
}

const streamVerbs = ['INFO', 'CREATE', 'UPDATE', 'DELETE', 'PURGE', 'SNAPSHOT', 'RESTORE', 'MSG.GET', 'MSG.DELETE', 'PEER.REMOVE', 'LEADER.STEPDOWN'];
const durableVerbs = ['CREATE', 'DURABLE.CREATE', 'INFO', 'DELETE', 'MSG.NEXT', 'PAUSE', 'RESET', 'UNPIN', 'LEADER.STEPDOWN'];
const readersOf = (owner: Owner): string[] => [...owners.map((other) => `${other}__${owner}`), `${owner}__canary`, `presence__${owner}`, 'spy'];
const ofDurable = (owner: Owner, name: string): string[] => [
  ...durableVerbs.map((verb) => `$JS.API.CONSUMER.${verb}.${streamOf(owner)}.${name}`),
  `$JS.API.CONSUMER.CREATE.${streamOf(owner)}.${name}.evt.${owner}.>`,
  `$JS.API.CONSUMER.CREATE.${streamOf(owner)}.${name}.${canarySent[owner].subject}`,
  `$JS.ACK.${streamOf(owner)}.${name}.1.1.1.1.0`,
];
const ofStream = (owner: Owner): string[] => [
  ...streamVerbs.map((verb) => `$JS.API.STREAM.${verb}.${streamOf(owner)}`),
  ...['CONSUMER.NAMES', 'CONSUMER.LIST', 'CONSUMER.CREATE', 'DIRECT.GET'].map((verb) => `$JS.API.${verb}.${streamOf(owner)}`),
  `$JS.API.DIRECT.GET.${streamOf(owner)}.evt.${owner}.any.v1`,
  ...readersOf(owner).flatMap((name) => ofDurable(owner, name)),
];
/** All that anybody could ask the stream maker. */
const ofMaker = (owner: Owner): string[] => [`make.${owner}.stream`, `make.${owner}.invented`, ...readersOf(owner).map((name) => `make.${owner}.durable.${name}`)];
/** All that anybody could ask, of every stream and of every durable. */
const everyDemand: readonly string[] = [
  ...owners.flatMap(ofStream),
  ...owners.flatMap(ofMaker),
  ...['INFO', 'STREAM.NAMES', 'STREAM.LIST', 'STREAM.CREATE.OTHER', 'STREAM.TEMPLATE.CREATE.OTHER', 'ACCOUNT.PURGE.G', 'META.LEADER.STEPDOWN'].map((verb) => `$JS.API.${verb}`),
  '$SYS.REQ.SERVER.PING',
];

/** Reading one durable: it is asked for, asked for messages, and asked for again where it lost its place. */
const reading = (owner: Owner, name: string): string[] => [
  `$JS.API.STREAM.INFO.${streamOf(owner)}`,
  `make.${owner}.durable.${name}`,
  ...['INFO', 'MSG.NEXT'].map((verb) => `$JS.API.CONSUMER.${verb}.${streamOf(owner)}.${name}`),
  `$JS.ACK.${streamOf(owner)}.${name}.1.1.1.1.0`,
];
const hearing = (name: string, from: readonly Owner[]): string[] => from.flatMap((owner) => reading(owner, `${name}__${owner}`));
const telling = (owner: Owner): string[] => [`make.${owner}.stream`, `$JS.API.CONSUMER.LIST.${streamOf(owner)}`, ...reading(owner, `${owner}__canary`)];
/** Streams and durables are made and removed, and never read. */
const making = (owner: Owner): string[] => [
  ...['INFO', 'CREATE', 'UPDATE', 'DELETE'].map((verb) => `$JS.API.STREAM.${verb}.${streamOf(owner)}`),
  ...ofStream(owner).filter((demand) => /^\$JS\.API\.CONSUMER\.(CREATE|DELETE)\.\w+\./.test(demand)),
];
/** Besides its hints: that its own ledger has something to send, that it missed what somebody's stream no longer has. */
const whispersOf: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(owners.map((owner) => [eventsNameOf(owner), [`live.${owner}.outbox`, ...consumedBy(owner).map((from) => `live.${from}.refill`)]])),
  presence: ['live.session.refill'],
};
const demandsOf: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(owners.map((owner) => [eventsNameOf(owner), [...telling(owner), ...hearing(owner, consumedBy(owner))]])),
  presence: hearing('presence', ['session']),
  deploy: owners.flatMap(making),
};

let nats: TestNats;
const connections = new Map<string, { nc: NatsConnection; refused: Set<string> }>();

beforeAll(async () => {
  nats = await testNats({ ...systemIdentities(), presence: permissionsOfListener({ name: 'presence', consumes: ['session'] }) });
  await Promise.all(identities.map((name) => connectAs(name)));
});
afterAll(async () => {
  await Promise.all([...connections.values()].map(({ nc }) => nc.close()));
  await nats.stop();
});

async function connectAs(name: string): Promise<void> {
  const service = name.replace(/-events$/, '');
  const nc = await connect({ ...natsOptions(nats.urlOf(service), name, service === name ? 'identity' : 'events'), waitOnFirstConnect: false });
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

describe.each(identities)('%s', (identity) => {
  test('sends what its contracts say and nothing else', async () => {
    const allowed = [...all.filter((contract) => maySend(identity, contract)).map(({ subject }) => subject), ...(whispersOf[identity] ?? [])];
    const whispers = owners.flatMap((owner) => ['outbox', 'refill'].map((what) => `live.${owner}.${what}`)).filter((subject) => !allowed.includes(subject));
    const invented = owners.flatMap((owner) => [`evt.${owner}.invented.v9`, `rpc.${owner}.invented.v9`, `live.${owner}.invented`]);
    const forbidden = [...all.filter((contract) => !maySend(identity, contract)).map(({ subject }) => subject), ...whispers, ...invented];
    expect(await refusedOf(identity, 'publish', allowed)).toEqual([]);
    expect(await refusedOf(identity, 'publish', forbidden)).toEqual(forbidden);
  });

  test('hears what its contracts say and nothing else', async () => {
    const whispers = owners.flatMap((owner) => ['outbox', 'refill'].map((what) => ({ subject: `live.${owner}.${what}`, mine: identity === eventsNameOf(owner) })));
    const subjects = [...all.map((contract) => ({ subject: contract.subject, mine: mayHear(identity, contract) })), ...whispers];
    const allowed = subjects.filter(({ mine }) => mine).map(({ subject }) => subject);
    const forbidden = subjects.filter(({ mine }) => !mine).map(({ subject }) => subject);
    expect(await refusedOf(identity, 'subscription', [...allowed, `_INBOX_${identity}.>`])).toEqual([]);
    const wide = ['>', 'rpc.>', 'evt.>', 'live.>', ...(identity === 'deploy' ? [] : ['make.>', 'make.session.stream']), '$JS.>', '_INBOX.>', '_INBOX_*.>', ...identities.filter((other) => other !== identity).map((other) => `_INBOX_${other}.>`)];
    expect(await refusedOf(identity, 'subscription', [...forbidden, ...wide])).toEqual([...forbidden, ...wide]);
  });

  test('touches no stream and no durable but its own', async () => {
    const own = demandsOf[identity] ?? [];
    const forbidden = everyDemand.filter((demand) => !own.includes(demand));
    expect(everyDemand).toEqual(expect.arrayContaining([...own]));
    expect(await refusedOf(identity, 'publish', forbidden)).toEqual(forbidden);
    expect(await refusedOf(identity, 'publish', own)).toEqual([]);
  });
});

describe('The stream maker', () => {
  const wish = async (subject: string, wanted: unknown) => {
    const answer = await as('session-events').nc.request(subject, typeof wanted === 'string' ? wanted : JSON.stringify(wanted), { timeout: 5_000 });
    return answer.json<{ made?: { created: string; config: object }; error?: string }>();
  };
  const make = { act: 'make', description: '', replicas: 1 };

  test.each<[string, unknown]>([
    ['that takes in the stream of another owner', { ...make, sources: [{ name: 'EVT_AUTH' }] }],
    ['that is told again elsewhere', { ...make, republish: { src: '>', dest: 'rpc.auth.>' } }],
    ['of other subjects', { ...make, subjects: ['evt.auth.>'] }],
    ['with a name of its own', { ...make, name: 'EVT_AUTH' }],
    ['with more copies than any cluster has', { ...make, replicas: 99 }],
    ['that is purged', { act: 'purge' }],
    ['in no words', ''],
    ['in no JSON', '{'],
    ['in a list', [make]],
  ])('makes no stream %s', async (_, wanted) => {
    expect(await wish('make.session.stream', wanted)).toEqual({ error: "What is wished on make.session.stream can't be read" });
  });

  test.each<[string, object]>([
    ['that pushes elsewhere', { act: 'make', deliver_subject: 'rpc.auth.get-org' }],
    ['of other subjects', { act: 'make', filter_subject: 'evt.session.>' }],
    ['that begins with nothing', { act: 'make', start: 0 }],
  ])('makes no durable %s', async (_, wanted) => {
    expect(await wish('make.subscription.durable.session__subscription', wanted)).toEqual({ error: "What is wished on make.subscription.durable.session__subscription can't be read" });
  });

  test('makes what is wished as it is to be, and removes no other than the one that was meant', async () => {
    const { made } = await wish('make.session.stream', make);
    expect(made?.config).toMatchObject({ name: 'EVT_SESSION', subjects: ['evt.session.>'], retention: 'limits', storage: 'file', num_replicas: 1 });
    expect(await wish('make.session.stream', { act: 'remove', created: '2020-01-01T00:00:00Z' })).toEqual({ made: false });
    const canary = await wish('make.session.durable.session__canary', { act: 'make' });
    expect(canary.made?.config).toMatchObject({ filter_subject: canarySent.session.subject, ack_policy: 'all' });
    expect(await wish('make.session.stream', { act: 'remove', created: made?.created })).toEqual({ made: true });
    expect(await wish('make.session.durable.session__canary', { act: 'make' })).toEqual({ error: 'stream not found' });
  });
});

test('the stream maker is a process of its own, too, with its own health', async () => {
  await nats.stopMaker();
  const port = await freePort();
  const env = { NATS_URL: nats.urlOf('deploy'), HEALTH_PORT: String(port) };
  const maker = new KeptProcess('stream-maker', { name: 'stream-maker', program: 'tools/stack/stream-maker-process.js', env });
  await maker.start();
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  const answer = await as('call-events').nc.request('make.call.stream', JSON.stringify({ act: 'make', description: '', replicas: 1 }), { timeout: 5_000 });
  expect(answer.json()).toMatchObject({ made: { config: { name: 'EVT_CALL' } } });
  await maker.stop();
  expect(maker.logs()).toContain('make.call.stream: done');
  await nats.startMaker();
});

test('nobody comes in without an identity', async () => {
  const anonymous = { servers: natsOptions(nats.url).servers, maxReconnectAttempts: 0 };
  await expect(connect(anonymous)).rejects.toThrow(/authorization/i);
  await expect(connect({ ...anonymous, token: 'test-token' })).rejects.toThrow(/authorization/i);
});
