import { type ServiceName, serviceNames } from '@parley/testing';
import type { Fault, Scene } from '../run.js';

/** What the service had in hand is not lost and not done twice. */
const killOne = (name: ServiceName): Fault => ({
  name: `kill -9 of ${name}`,
  bed: {},
  rare: ['killed under load', 'requests without a clear answer'],
  happen: async ({ bed, load, random, pass, saw }) => {
    await pass(random.between(0, 500));
    const before = load.history.count('unknown');
    bed.kill(name);
    saw('killed under load', load.acknowledged);
    await pass(300);
    await bed.restart(name);
    await pass(500);
    saw('requests without a clear answer', () => load.history.count('unknown') - before);
  },
});

export const serviceKills: readonly Fault[] = serviceNames.map(killOne);

/** A server that is gone for so many milliseconds, at least and at most. */
export const killServer = (name: string, serverOf: (bed: Scene['bed']) => Killable, [least, most]: [number, number]): Fault => ({
  name: `kill -9 of ${name}`,
  bed: {},
  rare: ['requests without a clear answer'],
  happen: async ({ bed, load, random, pass, saw }) => {
    await pass(random.between(0, 500));
    const before = load.history.count('unknown');
    await serverOf(bed).kill();
    await pass(random.between(least, most));
    await serverOf(bed).restart();
    await pass(800);
    saw('requests without a clear answer', () => load.history.count('unknown') - before);
  },
});

interface Killable {
  kill(): Promise<unknown>;
  restart(): Promise<unknown>;
}

/** What it had committed is there again; what it had not is unknown to who asked for it, or refused. */
export const killDatabase = killServer('PostgreSQL', ({ postgres }) => postgres, [100, 800]);

/** The API does not need those who only hear, and they catch up. */
export const consumerDownForLong: Fault = {
  name: 'a consumer down for long',
  bed: {},
  rare: ['events that waited for it'],
  happen: async ({ bed, pass, saw, load }) => {
    bed.kill('call-service');
    bed.witnesses[0]?.kill();
    const before = load.acknowledged;
    await pass(10_000);
    saw('events that waited for it', load.acknowledged - before);
    await Promise.all([bed.restart('call-service'), bed.restart('witness')]);
  },
};

/** Two copies of everything, and one of each pair dies; the other takes over. */
export const oneOfTwoCopies: Fault = {
  name: 'two copies of every service, one of each dies',
  bed: { copies: 2 },
  rare: ['copies killed', 'jobs that changed hands'],
  happen: async (scene) => {
    const { bed, random, pass, saw } = scene;
    const before = await epochs(scene);
    for (const name of serviceNames.filter((each) => each !== 'api-gateway')) {
      const index = random.below(2);
      bed.kill(name, 'SIGKILL', index);
      saw('copies killed');
      await pass(random.between(300, 1_200));
    }
    await pass(9_000);
    saw('jobs that changed hands', (await epochs(scene)) - before);
    for (const { name, index, pid } of bed.system.processes) if (!alive(pid)) await bed.restart(name, index);
  },
};

/** The leader of a job stands still longer than its time lasts, and goes on when another one has taken over. */
export const pausedLeader: Fault = {
  name: 'a leader paused for longer than its term',
  bed: { copies: 2, build: 'probes' },
  rare: ['paused with effects under way', 'taken over by another copy'],
  happen: async ({ bed, pass, saw }) => {
    bed.witnesses.forEach((witness) => witness.kill());
    await pass(5_000);
    bed.arm('witness', 'slow effects');
    for (const index of [0, 1]) await bed.restart('witness', index);
    await pass(400);
    const leader = await leaderOf(bed);
    const paused = bed.witnesses.find(({ pid }) => leader?.holder.includes(`:${pid}:`));
    if (!leader || !paused) throw new Error('Nobody consumes for the witness');
    paused.kill('SIGSTOP');
    saw('paused with effects under way', await backlog(bed));
    for (let n = 0; n < 150 && (await leaderOf(bed))?.epoch === leader.epoch; n++) await pass(100);
    if ((await leaderOf(bed))?.epoch !== leader.epoch) saw('taken over by another copy');
    paused.kill('SIGCONT');
    await pass(4_000);
    bed.disarm('witness', 'slow effects');
  },
};

type Bed = Scene['bed'];

async function leaderOf(bed: Bed): Promise<{ holder: string; epoch: string } | undefined> {
  const [row] = await bed.sql<{ holder: string; epoch: string }>(`select holder, epoch from witness.leader where name = 'consumer session'`);
  return row;
}

async function backlog(bed: Bed): Promise<number> {
  const sql = `select count(*) as n from session.outbox o where not exists (select from witness.inbox i where i.event_id = o.event_id) and aggregate like 'session/%'`;
  const [row] = await bed.sql<{ n: string }>(sql);
  return Number(row?.n);
}

async function epochs({ bed }: Scene): Promise<number> {
  const sums = await Promise.all(['auth', 'subscription', 'session', 'call'].map((schema) => bed.sql<{ n: string }>(`select sum(epoch) as n from ${schema}.leader`)));
  return sums.reduce((sum, [row]) => sum + Number(row?.n), 0);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
