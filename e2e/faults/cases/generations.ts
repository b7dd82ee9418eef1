import { type Owner, owners, streamOf } from '@parley/dto';
import { eventually, markOf } from '@parley/testing';
import type { Scene } from '../run.js';

/** The stream that a relay takes for its own, and how far that has acknowledged. */
interface Known {
  owner: Owner;
  created: string | undefined;
  acknowledged: number;
}

interface Marked {
  stream_created: string | null;
  stream_last_seq: string;
}

async function known({ bed }: Scene, owner: Owner): Promise<Known> {
  const [row] = await bed.sql<Marked>(`select stream_created, stream_last_seq from ${owner}.relay`);
  return { owner, created: row?.stream_created ?? undefined, acknowledged: Number(row?.stream_last_seq ?? 0) };
}

/** Of the messages that a stream had acknowledged, how many it does not have any more. */
async function missingIn({ bed }: Scene, { owner, created, acknowledged }: Known): Promise<number> {
  const mark = await eventually(() => markOf(bed.broker.url, streamOf(owner)), { timeoutMs: 10_000 }); // it may just have begun
  return mark !== undefined && mark.created === created ? Math.max(0, acknowledged - mark.lastSeq) : acknowledged;
}

/** Waits until the relays have noticed, which takes them 5 s at most. How many did. */
async function madeAnew(scene: Scene, lost: readonly Known[]): Promise<number> {
  for (let n = 0; ; n++) {
    const now = await Promise.all(lost.map(({ owner }) => known(scene, owner)));
    const anew = now.filter(({ created }, i) => created !== lost[i]?.created).length;
    if (anew === lost.length || n === 60) return anew;
    await scene.pass(200);
  }
}

/** What is counted of a broker that comes back with less than it had. */
export const lossesOfBroker = ['messages acknowledged and lost', 'streams made anew for it'] as const;

/** Counts what the relays did about it. */
export type Afterwards = () => Promise<void>;

/** Ends the broker and brings it back. What it lost is seen before any relay can make it good: none gets through until then. */
export async function losing(scene: Scene, end: () => Promise<void>, bringBack: () => Promise<void>): Promise<Afterwards> {
  const { bed, saw } = scene;
  const before = await Promise.all(owners.map((owner) => known(scene, owner)));
  await end();
  bed.proxies.nats.cut();
  await bringBack();
  const missing = await Promise.all(before.map((each) => missingIn(scene, each)));
  bed.proxies.nats.heal();
  saw(lossesOfBroker[0], missing.reduce((sum, count) => sum + count, 0));
  const lost = before.filter((_, n) => (missing[n] ?? 0) > 0);
  return async () => saw(lossesOfBroker[1], await madeAnew(scene, lost));
}
