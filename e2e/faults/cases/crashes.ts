import { missMessages } from '@parley/testing';
import { crashPoints } from '../patches.js';
import type { Fault, Scene } from '../run.js';

/** What leads a process to a place, besides the load. */
type Way = (scene: Scene) => Promise<void>;
type Victim = 'session-service' | 'witness';

const schemaOf: Record<Victim, string> = { 'session-service': 'session', witness: 'witness' };
const HIT_WITHIN_MS = 10_000;
/** A way may lead elsewhere, because what another process was killed for at that moment came first. */
const WAYS = 3;
const UNACKNOWLEDGED = 'consumer: committed, nothing acknowledged';

const victimOf = (place: string): Victim => (place.startsWith('consumer') ? 'witness' : 'session-service');

const emptyTheStore: Way = ({ bed }) => bed.broker.restartEmpty();
const loseTheTail: Way = async ({ bed, pass }) => {
  bed.broker.copyStore();
  await pass(1_500);
  await bed.broker.restartFromCopy();
};
const missSome: Way = ({ bed }) => missMessages(bed.broker.url, 'session');
const startAgain =
  (victim: Victim): Way =>
  async ({ bed }) => {
    await bed.restart(victim).catch(() => undefined); // it may be dead before it is ready
    await bed.bury(schemaOf[victim]);
  };
/** It dies with messages under way, so that it finds its durable in disorder. */
const startInDisorder: Way = async (scene) => {
  scene.bed.arm('witness', UNACKNOWLEDGED);
  await untilHit(scene, 'witness', UNACKNOWLEDGED);
  scene.bed.disarm('witness', UNACKNOWLEDGED);
  scene.bed.forgetHit('witness', UNACKNOWLEDGED);
  await startAgain('witness')(scene);
};
const commitLate: Way = ({ bed, seed }) => Promise.resolve(bed.arm('session-service', 'late commits', seed));
const poison: Way = async ({ bed, places }) => void (await bed.sql(`insert into witness.poison select $1, '"w' || n || '-' from generate_series(0, 3) n`, [places.orgId]));
const poisonAndCure: Way = async (scene) => {
  await poison(scene);
  await scene.pass(1_500);
  await cure(scene);
};
const cure: Way = async ({ bed }) => void (await bed.sql('delete from witness.poison'));

/** Those that the load alone does not lead to. */
const wayTo: Record<string, Way> = {
  'leader: term taken, work not begun': startAgain('session-service'),
  'relay: term claimed, stream not compared': startAgain('session-service'),
  'relay: holes bounded, not saved': commitLate,
  'relay: stream removed, not made again': loseTheTail,
  'relay: floor removed, stream not': missSome,
  'relay: stream that lacks messages removed, not made again': missSome,
  'relay: stream made, not saved': emptyTheStore,
  'relay: new stream saved, not filled': emptyTheStore,
  'consumer: failed, not parked': poison,
  'consumer: parked, not acknowledged': poison,
  'consumer: parked one finished, effect not': poison,
  'consumer: failed again, not postponed': poison,
  'consumer: parked one took effect, not committed': poisonAndCure,
  'consumer: durable deleted, not made again': startInDisorder,
  'consumer: durable made, nothing taken': startInDisorder,
};

async function untilHit({ bed, pass }: Scene, victim: Victim, place: string): Promise<boolean> {
  const until = performance.now() + HIT_WITHIN_MS;
  while (!bed.wasHit(victim, place) && performance.now() < until) await pass(20);
  return bed.wasHit(victim, place);
}

/** Kills at one place, once, and brings the process back. */
async function crashAt(place: string, scene: Scene): Promise<void> {
  const { bed, saw } = scene;
  const victim = victimOf(place);
  bed.arm(victim, place);
  for (let tries = 0; tries < WAYS && !bed.wasHit(victim, place); tries++) {
    await wayTo[place]?.(scene);
    await untilHit(scene, victim, place);
  }
  if (bed.wasHit(victim, place)) saw(place);
  bed.disarm(victim, place);
  bed.forgetHit(victim, place);
  bed.disarm('session-service', 'late commits');
  await cure(scene);
  await bed.restart(victim);
  await bed.bury(schemaOf[victim]);
}

const inTurn = async (places: readonly string[], scene: Scene): Promise<void> => {
  for (const place of places) await crashAt(place, scene);
};

/** At each of these places, a writer and a consumer at a time. */
export const crashesAt = (name: string, places: readonly string[]): Fault => ({
  name,
  bed: { build: 'probes' },
  rare: places,
  patienceMs: 60_000,
  happen: async (scene) => {
    const writers = places.filter((place) => victimOf(place) === 'session-service');
    const consumers = places.filter((place) => victimOf(place) === 'witness');
    await Promise.all([inTurn(writers, scene), inTurn(consumers, scene)]);
  },
});

export const everyCrashPoint = crashesAt('kill -9 at every step of writer, relay and consumer', crashPoints);
