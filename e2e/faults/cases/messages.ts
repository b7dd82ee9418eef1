import { streamOf } from '@parley/dto';
import { backlogOf, publishRaw, readStream, stealFrom, type StoredMessage } from '@parley/testing';
import { countOvertaken, disorder, type Step } from '../check/order.js';
import type { Fault, Scene } from '../run.js';

const SESSIONS = streamOf('session');
const HEARD = 'witness__session';

interface Sent extends Step {
  repeats: string;
  subject: string;
  payload: string;
}

/** What the org's events look like on the wire, of one owner. */
function sentBy({ bed, places }: Scene, owner: string): Promise<Sent[]> {
  return bed.sql<Sent>(`select event_id::text as repeats, aggregate, sequence::int, subject, envelope as payload from ${owner}.outbox where org_id = $1 and id <= (select high from ${owner}.relay) order by id`, [places.orgId]);
}

/** Past the relay and without an id, so that the stream keeps them all. */
export const toldAgain: Fault = {
  name: 'messages duplicated',
  bed: {},
  repeats: true,
  rare: ['messages told again'],
  happen: async (scene) => {
    await scene.pass(2_000);
    for (const owner of ['session', 'subscription']) {
      const sent = await sentBy(scene, owner);
      await publishRaw(scene.bed.broker.url, sent);
      scene.saw('messages told again', sent.length);
    }
    await scene.pass(500);
  },
};

const shuffledAndLate: Fault = {
  name: 'messages duplicated late and in another order',
  bed: {},
  repeats: true,
  rare: ['messages told again behind later ones of their aggregate'],
  happen: async (scene) => {
    const { bed, random, pass, saw } = scene;
    await pass(1_500);
    const early = await sentBy(scene, 'session');
    await pass(4_000);
    const twice = random.shuffled([...early, ...early]);
    await publishRaw(bed.broker.url, twice);
    saw('messages told again behind later ones of their aggregate', disorder(twice).length);
    await pass(500);
  },
};

/** Somebody takes messages from a durable and dies: as the broker has it they come again only after the ack wait, behind newer ones. */
const stolen: Fault = {
  name: 'messages that come late, behind newer ones',
  bed: {},
  rare: ['messages taken away, with newer ones of their aggregate behind them'],
  patienceMs: 90_000,
  happen: async (scene) => {
    const { bed, pass, saw } = scene;
    bed.witnesses.forEach((witness) => witness.kill());
    await pass(2_000);
    const taken = await stealFrom(bed.broker.url, SESSIONS, HEARD, 20);
    saw('messages taken away, with newer ones of their aggregate behind them', await behindNewer(scene, taken, Infinity));
    await Promise.all(bed.witnesses.map((_, n) => bed.restart('witness', n)));
    await pass(1_000);
  },
};

/** Somebody shares a durable with its owner: of an aggregate a newer event comes to that one first, and an older one after the ack wait. */
export const shared: Fault = {
  name: 'newer events of an aggregate that come before older ones',
  bed: {},
  rare: ['events that come after newer ones of their aggregate'],
  patienceMs: 60_000,
  happen: async (scene) => {
    const { bed, pass, saw } = scene;
    let overtaken = 0;
    for (let tries = 0; tries < 4 && overtaken === 0; tries++) overtaken = await shareWithWitness(scene);
    saw('events that come after newer ones of their aggregate', overtaken);
    await pass(1_000);
    await bed.restart('witness'); // it looks at what nobody acknowledged
    await pass(500);
  },
};

/** It stands still meanwhile, so that what comes to it comes at once. How many of those that it did not get are older than what it got. */
async function shareWithWitness(scene: Scene): Promise<number> {
  const { bed } = scene;
  const [witness] = bed.witnesses;
  witness?.kill('SIGSTOP');
  const taken = await stealFrom(bed.broker.url, SESSIONS, HEARD, 200);
  const { givenUpTo } = await backlogOf(bed.broker.url, SESSIONS, HEARD);
  const overtaken = await behindNewer(scene, taken, givenUpTo);
  witness?.kill('SIGCONT');
  await scene.pass(1_000);
  return overtaken;
}

/** Of what was taken: how much would take effect after a newer event of its aggregate if the rest, up to that sequence, took effect first. */
async function behindNewer({ bed }: Scene, taken: readonly StoredMessage[], upTo: number): Promise<number> {
  const ids = new Set(taken.map(({ id }) => id));
  const rest = (await readStream(bed.broker.url, SESSIONS, 'evt.session.>')).filter(({ id, seq }) => !ids.has(id) && seq > (taken[0]?.seq ?? Infinity) && seq <= upTo);
  const inTurn = [...rest, ...taken].map(({ id }) => id);
  const steps = await bed.sql<Step & { id: string }>('select event_id::text as id, aggregate, sequence::int from session.outbox where event_id::text = any($1)', [inTurn]);
  const stepOf = new Map(steps.map((step) => [step.id, step]));
  return disorder(inTurn.flatMap((id) => stepOf.get(id) ?? [])).length;
}

const ANOTHER_ORDER = 'another order';
const listening = ['auth-service', 'session-service', 'call-service', 'witness'] as const;
const givenBehind = (name: string): string => `given to ${name} behind later ones`;

/** Nobody is promised anything of two aggregates: what comes of one may wait while others pass. */
const overtaking: Fault = {
  name: 'events of different aggregates that overtake each other',
  bed: { build: 'probes' },
  rare: [...listening.map(givenBehind), 'effects behind those of later events'],
  happen: async (scene) => {
    const { bed, seed, pass, saw } = scene;
    listening.forEach((name) => bed.arm(name, ANOTHER_ORDER, seed));
    await pass(6_000);
    listening.forEach((name) => bed.disarm(name, ANOTHER_ORDER));
    await pass(1_500);
    listening.forEach((name) => saw(givenBehind(name), bed.takeCount(name, ANOTHER_ORDER)));
    saw('effects behind those of later events', await effectsBehind(scene));
  },
};

async function effectsBehind({ bed, places }: Scene): Promise<number> {
  const seqs = new Map((await readStream(bed.broker.url, SESSIONS, 'evt.session.>')).map(({ id, seq }) => [id, seq]));
  const seen = await bed.sql<{ id: string }>('select event_id::text as id from witness.seen where id > $1 order by witness.seen.id', [places.seenBefore]);
  return countOvertaken(seen.flatMap(({ id }) => seqs.get(id) ?? []));
}

/** Not an event at all, an event that breaks its contract, and one that its handler can't use for now. */
const poison: Fault = {
  name: 'poison messages',
  bed: {},
  rare: ['garbage that came to a consumer', 'events parked', 'others that passed meanwhile'],
  happen: async (scene) => {
    const { bed, places, pass, saw } = scene;
    await bed.sql('insert into witness.poison values ($1, $2)', [places.orgId, '"w0-']);
    const garbage = ['', '{', '{"specversion":"1.0"}', 'null', '\u0000'.repeat(1_000)];
    const skipped = countSkipped(bed);
    await publishRaw(bed.broker.url, garbage.map((payload) => ({ subject: 'evt.session.entry-granted.v1', payload })));
    await pass(4_000);
    saw('garbage that came to a consumer', countSkipped(bed) - skipped);
    saw('events parked', await inInbox(scene, 'parked'));
    saw('others that passed meanwhile', await inInbox(scene, 'done'));
    await bed.sql('delete from witness.poison');
    await pass(1_500);
  },
};

const countSkipped = (bed: Scene['bed']): number => bed.logs().split('what came is no event').length - 1;

async function inInbox({ bed, places }: Scene, status: string): Promise<number> {
  const sql = `select count(*) as n from witness.inbox i join session.outbox o using (event_id) where o.org_id = $1 and i.consumer = 'witness__session' and i.status = $2`;
  const [row] = await bed.sql<{ n: string }>(sql, [places.orgId, status]);
  return Number(row?.n);
}

const writers = ['session-service', 'subscription-service'] as const;

/** Transactions that drew an early id commit late: others, with later ids, are there before them. */
export const lateCommits: Fault = {
  name: 'transactions that commit late',
  bed: { build: 'probes' },
  rare: ['ids that came behind later ones'],
  happen: async (scene) => {
    const { bed, seed, pass, saw } = scene;
    writers.forEach((name) => bed.arm(name, 'late commits', seed));
    let known = await visibleIds(scene);
    for (let n = 0; n < 60; n++) {
      await pass(50);
      const now = await visibleIds(scene);
      const before = new Set(known);
      saw('ids that came behind later ones', now.filter((id) => !before.has(id) && id < (known.at(-1) ?? 0)).length);
      known = now;
    }
    writers.forEach((name) => bed.disarm(name, 'late commits'));
    await pass(500);
  },
};

async function visibleIds({ bed, places }: Scene): Promise<number[]> {
  const rows = await bed.sql<{ id: string }>('select id from session.outbox where org_id = $1 order by id', [places.orgId]);
  return rows.map(({ id }) => Number(id));
}

export const messageFaults: readonly Fault[] = [toldAgain, shuffledAndLate, stolen, shared, poison, lateCommits, overtaking];
