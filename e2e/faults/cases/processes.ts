import { streamOf } from '@parley/dto';
import { backlogOf, type ServiceName, serviceNames } from '@parley/testing';
import type { Fault, Scene } from '../run.js';

/** What the service had in hand is not lost and not done twice. */
const killOne = (name: ServiceName): Fault => ({
  name: `kill -9 of ${name}`,
  bed: {},
  rare: ['requests without a clear answer'],
  happen: async ({ bed, load, random, pass, saw }) => {
    await pass(random.between(0, 500));
    const before = load.history.count('unknown');
    bed.kill(name);
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

/** Of libs/event-bus: how long the broker waits for an acknowledgement, and for how many at once. */
const ACK_WAIT_MS = 30_000;
const MOST_UNDER_WAY = 1_000;
const RAN_OUT = 'messages under way whose ack wait ran out';
const longMissed = ['witness', 'call'].map((name) => ({ durable: `${name}__session`, what: `messages that ${name} missed, beyond ${MOST_UNDER_WAY}` }));

/** The API does not need those who only hear, and they catch up: with what they had in hand first, then with more than they may have in hand. */
export const consumerDownForLong: Fault = {
  name: 'a consumer down for long',
  bed: {},
  rare: [RAN_OUT, ...longMissed.map(({ what }) => what)],
  patienceMs: 60_000,
  happen: async ({ bed, pass, saw }) => {
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      bed.kill('call-service', signal);
      bed.witnesses[0]?.kill(signal);
      await pass(300); // it is given messages for as long as it seems to live
    }
    await pass(ACK_WAIT_MS + 2_000);
    const backlogs = (): ReturnType<typeof backlogOf>[] => longMissed.map(({ durable }) => backlogOf(bed.broker.url, streamOf('session'), durable));
    for (let n = 0; n < 40 && (await Promise.all(backlogs())).some(({ toCome }) => toCome <= 1.2 * MOST_UNDER_WAY); n++) await pass(1_000);
    const missed = await Promise.all(backlogs());
    saw(RAN_OUT, missed.reduce((sum, { underWay }) => sum + underWay, 0));
    longMissed.forEach(({ what }, n) => saw(what, (missed[n]?.toCome ?? 0) - MOST_UNDER_WAY));
    await Promise.all([bed.restart('call-service'), bed.restart('witness')]);
  },
};

/** A job of the dead belongs to the living by then. */
const TAKEOVER_MS = 10_000;
const BETWEEN_LOOKS_MS = 200;

/** Two copies of everything, and one of each pair dies; the other takes over. */
export const oneOfTwoCopies: Fault = {
  name: 'two copies of every service, one of each dies',
  bed: { copies: 2 },
  rare: ['jobs that the dead had', 'jobs that the living took over'],
  happen: async (scene) => {
    const { bed, random, pass, saw, broken } = scene;
    const dead: Job[] = [];
    const waits: Promise<Job[]>[] = [];
    for (const name of serviceNames.filter((each) => each !== 'api-gateway')) {
      const copy = random.below(2);
      const index = name === 'session-service' ? await leaderAmong(bed) : copy;
      const lost = await jobsOf(bed, name, index);
      bed.kill(name, 'SIGKILL', index);
      dead.push(...lost);
      waits.push(orphansOf(scene, lost));
      await pass(random.between(300, 1_200));
    }
    const orphans = (await Promise.all(waits)).flat();
    saw('jobs that the dead had', dead.length);
    saw('jobs that the living took over', dead.length - orphans.length);
    broken(orphans.map(({ job }) => `${job}: nobody has taken it over within ${TAKEOVER_MS / 1_000} s`));
    await Promise.all(bed.system.processes.filter(({ pid }) => !alive(pid)).map(({ name, index }) => bed.restart(name, index)));
  },
};

/** The leader of a job stands still longer than its time lasts, and goes on when another one has taken over. */
export const pausedLeader: Fault = {
  name: 'a leader paused for longer than its term',
  bed: { copies: 2 },
  rare: ['paused with effects under way', 'taken over by another copy'],
  happen: async ({ bed, seed, pass, saw }) => {
    bed.witnesses.forEach((witness) => witness.kill());
    await pass(5_000);
    bed.arm('witness', 'slow effects', seed);
    await Promise.all([0, 1].map((index) => bed.restart('witness', index)));
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

/** A job of one service, and the process that does it. */
interface Job {
  job: string;
  pid: number;
}

function jobs(bed: Bed): Promise<Job[]> {
  const sql = (schema: string): string => `select '${schema} ' || name as job, split_part(holder, ':', 2)::int as pid from ${schema}.leader where until > clock_timestamp()`;
  return bed.sql<Job>(['auth', 'subscription', 'session', 'call'].map(sql).join(' union all '));
}

async function jobsOf(bed: Bed, name: ServiceName, index: number): Promise<Job[]> {
  const copy = bed.system.processes.find((each) => each.name === name && each.index === index);
  return (await jobs(bed)).filter(({ pid }) => pid === copy?.pid);
}

/** Those that no living process has taken over in time, from now on. */
async function orphansOf({ bed, pass }: Scene, dead: readonly Job[]): Promise<Job[]> {
  const until = performance.now() + TAKEOVER_MS;
  for (;;) {
    const held = (await jobs(bed)).filter(({ pid }) => alive(pid));
    const orphans = dead.filter(({ job, pid }) => !held.some((each) => each.job === job && each.pid !== pid));
    if (orphans.length === 0 || performance.now() + BETWEEN_LOOKS_MS > until) return orphans;
    await pass(BETWEEN_LOOKS_MS);
  }
}

/** The copy of session-service that relays. */
async function leaderAmong(bed: Bed): Promise<number> {
  return (await jobsOf(bed, 'session-service', 1)).some(({ job }) => job === 'session relay') ? 1 : 0;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
