import { signalProcess } from '@parley/testing';
import type { Disk } from '../bed/disk.js';
import type { Fault, Scene } from '../run.js';
import { losing, lossesOfBroker } from './generations.js';

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

const UNDER_WAY = 'writes under way that got no clear answer';

interface Which {
  nats?: boolean;
  postgres?: boolean;
}

/** What a machine that loses its power does: the disk keeps what was synced, and nothing else. */
async function cutPower({ load, pass, saw }: Scene, victims: readonly Victim[]): Promise<void> {
  for (const pid of victims.flatMap(({ pids }) => pids())) signalProcess(pid, 'SIGSTOP');
  const cut = performance.now();
  saw(UNDER_WAY, () => load.history.unclearAt(cut));
  victims.forEach(({ disk }) => disk?.snapshot());
  await Promise.all(victims.map(({ kill }) => kill()));
  victims.forEach(({ disk }) => disk?.goBack());
  await pass(500);
}

async function powerUp(victims: readonly Victim[]): Promise<void> {
  for (const { restart } of victims) await restart();
}

const LOG_ONLY = 'bytes of write-ahead log that the tables may lack';

/** What recovery has to do if it happens now: the log behind the last checkpoint. */
async function logBehindCheckpoint({ bed }: Scene): Promise<number> {
  const [row] = await bed.sql<{ n: string }>('select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), redo_lsn) as n from pg_control_checkpoint()');
  return Number(row?.n);
}

const powerCut = (name: string, which: Which): Fault => ({
  name,
  bed: { disks: 'loop' },
  rare: [UNDER_WAY, ...(which.nats ? lossesOfBroker : []), ...(which.postgres ? [LOG_ONLY] : [])],
  patienceMs: 60_000,
  happen: async (scene) => {
    const { random, pass, saw } = scene;
    await pass(random.between(1_500, 4_000));
    const victims = victimsOf(scene, which);
    if (which.postgres) saw(LOG_ONLY, await logBehindCheckpoint(scene));
    const [end, bringBack] = [() => cutPower(scene, victims), () => powerUp(victims)];
    const afterwards = which.nats ? await losing(scene, end, bringBack) : await end().then(bringBack);
    await pass(3_000);
    await afterwards?.();
  },
});

export const powerCuts: readonly Fault[] = [
  powerCut('power cut of NATS', { nats: true }),
  powerCut('power cut of PostgreSQL', { postgres: true }),
  powerCut('power cut of both', { nats: true, postgres: true }),
];
