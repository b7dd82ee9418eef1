import { setTimeout as pause } from 'node:timers/promises';
import { owners, streamOf } from '@parley/dto';
import { burstBalloon, eventually, fillBalloon, inflateBalloon, leaderOfStream, limitAge, markOf, notYet, purgeStream, readStream, replicate, type StoredMessage, type StreamMark } from '@parley/testing';
import { STORE_BYTES } from '../bed/broker.js';
import type { Fault, Scene } from '../run.js';
import { type Afterwards, losing, lossesOfBroker } from './generations.js';
import { killServer } from './processes.js';

/** When this is over, nobody in Parley may have noticed but by what stands in the ledger and not in the stream. */
export const killBroker = killServer('NATS', ({ broker }) => broker, [300, 1_500]);

const SESSIONS = streamOf('session');
const UNHEARD = 'messages lost that a consumer had not heard';

/** The witness is away meanwhile, so that it has not heard of what is lost. */
const whileAway = async (scene: Scene, ms: number, lose: () => Promise<Afterwards | void>): Promise<void> => {
  const { bed, pass } = scene;
  bed.witnesses.forEach((witness) => witness.kill());
  await pass(ms);
  const afterwards = await lose();
  await Promise.all(bed.witnesses.map((_, n) => bed.restart('witness', n)));
  await pass(1_000);
  await afterwards?.();
};

export const emptyStore: Fault = {
  name: 'NATS comes back with an empty store',
  bed: {},
  rare: [UNHEARD, ...lossesOfBroker],
  happen: (scene) =>
    whileAway(scene, 1_500, async () => {
      scene.saw(UNHEARD, (await unheard(scene)).length);
      return losing(scene, scene.bed.broker.kill, scene.bed.broker.restartEmpty);
    }),
};

const UNMADE = 'streams that nobody made';

/** Nothing can be made then: what is to be told waits in the ledgers, and a consumer that begins again waits, too. */
export const makerAway: Fault = {
  name: 'the stream maker away while NATS loses its store',
  bed: {},
  rare: [UNMADE, ...lossesOfBroker],
  happen: (scene) =>
    whileAway(scene, 1_000, async () => {
      const { broker } = scene.bed;
      await broker.first.stopMaker();
      const afterwards = await losing(scene, broker.kill, broker.restartEmpty);
      return async () => {
        await scene.pass(scene.random.between(1_000, 4_000));
        const marks = await Promise.all(owners.map((owner) => markOf(broker.url, streamOf(owner))));
        scene.saw(UNMADE, marks.filter((mark) => mark === undefined).length);
        await broker.first.startMaker();
        await afterwards();
      };
    }),
};

/** The durables come back with it, and stand where they stood then. */
export const tailLost: Fault = {
  name: 'NATS comes back with a store copied seconds earlier',
  bed: {},
  rare: [UNHEARD, ...lossesOfBroker],
  happen: async (scene) => {
    const { broker } = scene.bed;
    broker.copyStore();
    await whileAway(scene, scene.random.between(1_000, 3_000), async () => {
      scene.saw(UNHEARD, (await unheard(scene)).length);
      return losing(scene, broker.kill, broker.restartFromCopy);
    });
  },
};

/** Somebody takes messages out of the stream, which itself stays, and so do the durables: no sequence is lost. */
const messagesGone = (name: string, takeOut: (url: string, isDone: () => Promise<boolean>) => Promise<void>): Fault => ({
  name,
  bed: {},
  rare: [UNHEARD],
  happen: (scene) =>
    whileAway(scene, 2_000, async () => {
      const { url } = scene.bed.broker;
      const [mark, stored, missed] = await Promise.all([markOf(url, SESSIONS), readStream(url, SESSIONS), unheard(scene)]);
      const gone = async (): Promise<Set<string>> => new Set(stored.filter(isGone(mark, await markOf(url, SESSIONS))).map(({ id }) => id));
      const lost = async (): Promise<number> => intersection(missed, await gone());
      await takeOut(url, async () => (await lost()) > 0);
      scene.saw(UNHEARD, await lost());
    }),
});

/** Of a stream that was made anew nothing is what it was, even if it is there again. */
const isGone =
  (before: StreamMark | undefined, now: StreamMark | undefined) =>
  ({ seq }: StoredMessage): boolean =>
    now === undefined || now.created !== before?.created || seq < now.firstSeq;

const intersection = (some: readonly string[], others: ReadonlySet<string>): number => some.filter((each) => others.has(each)).length;

const HOUR_MS = 3_600_000;

export const purged = messagesGone('a stream purged while a consumer is away', (url) => purgeStream(url, SESSIONS));

/** The relay sets the age right again every 5 s, perhaps before any message was too old. */
export const agedOut = messagesGone('messages that aged out while a consumer was away', async (url, isDone) => {
  for (let tries = 0; tries < 5 && !(await isDone()); tries++) {
    await limitAge(url, SESSIONS, 1_000);
    await pause(2_500);
  }
  await limitAge(url, SESSIONS, 72 * HOUR_MS);
});

/** While JetStream takes nothing the whole API works, and events follow later. */
const failedWrites = ({ load }: Scene): string[] => load.history.operations.filter(({ outcome }) => outcome === 'unknown').map(({ name, status, code }) => `${name}: ${status} ${code}`);

const NOT_TAKEN = 'messages that JetStream did not take';
const fullRare = [NOT_TAKEN, 'writes meanwhile', 'events that waited'];

/** For so many ms there is no room. Every service calls itself ready all the while, and at the end JetStream still takes nothing from anybody. */
async function whileFull(scene: Scene, ms: number): Promise<void> {
  const { bed, load, pass, saw, broken } = scene;
  const before = load.acknowledged;
  for (const until = performance.now() + ms; performance.now() < until; await pass(500)) broken(await bed.notReady());
  saw('writes meanwhile', load.acknowledged - before);
  saw('events that waited', await unsent(scene));
  if (await fillBalloon(bed.broker.url)) saw(NOT_TAKEN);
}

export const jetStreamFull: Fault = {
  name: 'JetStream full (its limit)',
  bed: {},
  rare: fullRare,
  happen: async (scene) => {
    const { url } = scene.bed.broker;
    scene.broken(() => failedWrites(scene));
    await inflateBalloon(url, STORE_BYTES);
    await whileFull(scene, 2_000);
    await burstBalloon(url);
  },
};

export const diskFull: Fault = {
  name: 'JetStream wedged by a full disk',
  bed: { disks: 'small' },
  rare: fullRare,
  patienceMs: 90_000,
  happen: async (scene) => {
    const { broker, disks } = scene.bed;
    await inflateBalloon(broker.url, 0);
    disks.nats?.fill();
    await whileFull(scene, 8_000);
    scene.broken(failedWrites(scene)); // the restart may cost some
    disks.nats?.makeRoom();
    await broker.restart(); // a server that ran out of disk has switched JetStream off until then
  },
};

/** Streams kept by three nodes, and the one that leads dies. */
export const clusterLeaderKilled: Fault = {
  name: 'a cluster of three, the leader of a stream killed',
  bed: { nodes: 3 },
  rare: ['writes while it was away', 'events that another leader stored'],
  patienceMs: 90_000,
  happen: async ({ bed, load, pass, saw }) => {
    for (const owner of owners) await eventually(() => replicate(bed.broker.url, streamOf(owner), 3), { timeoutMs: 20_000 });
    await pass(2_000);
    const leader = await leaderOfStream(bed.broker.url, SESSIONS);
    const node = bed.broker.nodes.find(({ name }) => name === leader);
    if (!node) return;
    await node.nats.kill();
    const before = load.acknowledged;
    const stored = await elected(bed.broker.url, node.name);
    await pass(8_000);
    saw('writes while it was away', load.acknowledged - before);
    saw('events that another leader stored', (await lastStored(bed.broker.url)) - stored);
    await node.nats.restart();
    await pass(3_000);
  },
};

/** Waits for another leader than that, and tells how much it has then. */
async function elected(url: string, dead: string): Promise<number> {
  const another = async (): Promise<string | ReturnType<typeof notYet>> => {
    const leader = await leaderOfStream(url, SESSIONS);
    return leader === undefined || leader === dead ? notYet('no other leader') : leader;
  };
  await eventually(another, { timeoutMs: 20_000 });
  return lastStored(url);
}

const lastStored = async (url: string): Promise<number> => (await markOf(url, SESSIONS))?.lastSeq ?? 0;

/** The ids of the org's session events that are sent and not in the witness's inbox. */
async function unheard({ bed, places }: Scene): Promise<string[]> {
  const sql = `select event_id::text as id from session.outbox o where org_id = $1 and id <= (select high from session.relay)
    and not exists (select from witness.inbox i where i.event_id = o.event_id)`;
  return (await bed.sql<{ id: string }>(sql, [places.orgId])).map(({ id }) => id);
}

async function unsent({ bed }: Scene): Promise<number> {
  const [row] = await bed.sql<{ n: string }>('select count(*) as n from session.outbox where id > (select high from session.relay)');
  return Number(row?.n);
}
