import { signalProcess } from '@parley/testing';
import type { Disk } from '../bed/disk.js';
import type { Fault, Scene } from '../run.js';
import { changed, generations } from './generations.js';

interface Victim {
  pids: () => number[];
  disk: Disk | undefined;
  kill: () => Promise<void>;
  restart: () => Promise<void>;
}

const victimsOf = ({ bed }: Scene, which: Which): Victim[] => [
  ...(which.postgres ? [{ ...bed.postgres, disk: bed.disks.postgres }] : []),
  ...(which.nats ? [{ pids: () => [bed.broker.first.pid()], disk: bed.disks.nats, kill: bed.broker.kill, restart: bed.broker.restart }] : []),
];

interface Which {
  nats?: boolean;
  postgres?: boolean;
}

/** What a machine that loses its power does: the disk keeps what was synced, and nothing else. */
async function cutPower(scene: Scene, which: Which): Promise<void> {
  const victims = victimsOf(scene, which);
  for (const pid of victims.flatMap(({ pids }) => pids())) signalProcess(pid, 'SIGSTOP');
  victims.forEach(({ disk }) => disk?.snapshot());
  await Promise.all(victims.map(({ kill }) => kill()));
  victims.forEach(({ disk }) => disk?.goBack());
  await scene.pass(500);
  for (const { restart } of victims) await restart();
  scene.saw('power cut');
  await scene.pass(3_000);
}

const powerCut = (name: string, which: Which, rare: string[]): Fault => ({
  name,
  bed: { disks: 'loop' },
  mounts: true,
  rare: ['power cut', ...rare],
  patienceMs: 60_000,
  happen: async (scene) => {
    await scene.pass(scene.random.between(1_500, 4_000));
    const before = await generations(scene);
    await cutPower(scene, which);
    if (which.nats) await changed(scene, before);
  },
});

export const powerCuts: readonly Fault[] = [
  powerCut('power cut of NATS', { nats: true }, ['streams made anew']),
  powerCut('power cut of PostgreSQL', { postgres: true }, []),
  powerCut('power cut of both', { nats: true, postgres: true }, ['streams made anew']),
];
