import { streamOf } from '@parley/dto';
import { burstBalloon, eventually, inflateBalloon, leaderOfStream, replicate } from '@parley/testing';
import { owners } from '../check/consumers.js';
import { STORE_BYTES } from '../bed/broker.js';
import type { Fault, Scene } from '../run.js';
import { changed, generations } from './generations.js';
import { killServer } from './processes.js';

/** When this is over, nobody in Parley may have noticed but by what stands in the ledger and not in the stream. */
export const killBroker = killServer('NATS', ({ broker }) => broker, [300, 1_500]);

/** The witness is away meanwhile, so that it has not heard of what is lost. */
export const emptyStore: Fault = {
  name: 'NATS comes back with an empty store',
  bed: {},
  rare: ['messages lost that a consumer had not heard', 'streams made anew'],
  happen: async (scene) => {
    const { bed, pass, saw } = scene;
    const before = await generations(scene);
    bed.witnesses.forEach((witness) => witness.kill());
    await pass(1_500);
    saw('messages lost that a consumer had not heard', await unheard(scene));
    await bed.broker.restartEmpty();
    await Promise.all(bed.witnesses.map((_, n) => bed.restart('witness', n)));
    await pass(1_000);
    await changed(scene, before);
  },
};

/** The durables come back with it, and stand where they stood then. */
export const tailLost: Fault = {
  name: 'NATS comes back with a store copied seconds earlier',
  bed: {},
  rare: ['messages lost that a consumer had not heard', 'streams made anew'],
  happen: async (scene) => {
    const { bed, random, pass, saw } = scene;
    const before = await generations(scene);
    bed.broker.copyStore();
    bed.witnesses.forEach((witness) => witness.kill());
    await pass(random.between(1_000, 3_000));
    saw('messages lost that a consumer had not heard', await unheard(scene));
    await bed.broker.restartFromCopy();
    await Promise.all(bed.witnesses.map((_, n) => bed.restart('witness', n)));
    await pass(1_000);
    await changed(scene, before);
  },
};

/** While JetStream takes nothing the whole API works, and events follow later. */
const noFailedWrite = ({ load }: Scene): string[] => load.history.operations.filter(({ outcome }) => outcome === 'unknown').map(({ name, status, code }) => `${name}: ${status} ${code}`);

export const jetStreamFull: Fault = {
  name: 'JetStream full (its limit)',
  bed: {},
  rare: ['refused by JetStream', 'writes meanwhile', 'events that waited'],
  judge: noFailedWrite,
  happen: async (scene) => {
    const { bed, load, pass, saw } = scene;
    if (await inflateBalloon(bed.broker.url, STORE_BYTES)) saw('refused by JetStream');
    await during(load, () => pass(2_000), (writes) => saw('writes meanwhile', writes));
    saw('events that waited', await unsent(scene));
    await burstBalloon(bed.broker.url);
  },
};

export const diskFull: Fault = {
  name: 'JetStream wedged by a full disk',
  bed: { disks: 'small' },
  mounts: true,
  rare: ['writes meanwhile', 'events that waited'],
  judge: ({ load }) => noFailedWrite({ load } as Scene).slice(0, healedAfter.get(load)),
  patienceMs: 90_000,
  happen: async (scene) => {
    const { bed, load, pass, saw } = scene;
    bed.disks.nats?.fill();
    await during(load, () => pass(8_000), (writes) => saw('writes meanwhile', writes));
    saw('events that waited', await unsent(scene));
    healedAfter.set(load, noFailedWrite(scene).length);
    bed.disks.nats?.makeRoom();
    await bed.broker.restart(); // a server that ran out of disk has switched JetStream off until then
  },
};

/** Streams kept by three nodes, and the one that leads dies. */
export const clusterLeaderKilled: Fault = {
  name: 'a cluster of three, the leader of a stream killed',
  bed: { nodes: 3 },
  rare: ['leaders killed', 'writes while it was away'],
  patienceMs: 90_000,
  happen: async ({ bed, load, pass, saw }) => {
    for (const owner of owners) await eventually(() => replicate(bed.broker.url, streamOf(owner), 3), { timeoutMs: 20_000 });
    await pass(2_000);
    const leader = await leaderOfStream(bed.broker.url, streamOf('session'));
    const node = bed.broker.nodes.find(({ name }) => name === leader);
    if (!node) return;
    await node.nats.kill();
    saw('leaders killed');
    const before = load.acknowledged;
    await pass(8_000);
    saw('writes while it was away', load.acknowledged - before);
    await node.nats.restart();
    await pass(3_000);
  },
};

/** How many unclear answers there were before the broker was restarted: the restart may cost some. */
const healedAfter = new WeakMap<Scene['load'], number>();

async function during(load: Scene['load'], work: () => Promise<void>, tell: (writes: number) => void): Promise<void> {
  const before = load.acknowledged;
  await work();
  tell(load.acknowledged - before);
}

/** Events that are sent and not in the witness's inbox. */
async function unheard({ bed, places }: Scene): Promise<number> {
  const sql = `select count(*) as n from session.outbox o where org_id = $1 and id <= (select high from session.relay)
    and not exists (select from witness.inbox i where i.event_id = o.event_id)`;
  const [row] = await bed.sql<{ n: string }>(sql, [places.orgId]);
  return Number(row?.n);
}

async function unsent({ bed }: Scene): Promise<number> {
  const [row] = await bed.sql<{ n: string }>('select count(*) as n from session.outbox where id > (select high from session.relay)');
  return Number(row?.n);
}
