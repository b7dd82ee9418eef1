import { streamOf } from '@parley/dto';
import { publishRaw, stealFrom } from '@parley/testing';
import type { Fault, Scene } from '../run.js';

interface Sent {
  repeats: string;
  subject: string;
  payload: string;
}

/** What the org's events look like on the wire, of one owner. */
function sentBy({ bed, places }: Scene, owner: string): Promise<Sent[]> {
  return bed.sql<Sent>(`select event_id::text as repeats, subject, envelope as payload from ${owner}.outbox where org_id = $1 and id <= (select high from ${owner}.relay) order by id`, [places.orgId]);
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
  rare: ['messages told again in another order'],
  happen: async (scene) => {
    const { bed, random, pass, saw } = scene;
    await pass(1_500);
    const early = await sentBy(scene, 'session');
    await pass(4_000);
    const twice = random.shuffled([...early, ...early]);
    await publishRaw(bed.broker.url, twice);
    saw('messages told again in another order', twice.length);
    await pass(500);
  },
};

/** Somebody takes messages from a durable and dies: they come again only after the ack wait, behind newer ones. */
const stolen: Fault = {
  name: 'messages that come late, behind newer ones',
  bed: {},
  rare: ['messages taken away'],
  patienceMs: 90_000,
  happen: async ({ bed, pass, saw }) => {
    bed.witnesses.forEach((witness) => witness.kill());
    await pass(2_000);
    saw('messages taken away', await stealFrom(bed.broker.url, streamOf('session'), 'witness__session', 20));
    await Promise.all(bed.witnesses.map((_, n) => bed.restart('witness', n)));
    await pass(1_000);
  },
};

/** Not an event at all, an event that breaks its contract, and one that its handler can't use for now. */
const poison: Fault = {
  name: 'poison messages',
  bed: {},
  rare: ['garbage published', 'events parked', 'others that passed meanwhile'],
  happen: async (scene) => {
    const { bed, places, pass, saw } = scene;
    await bed.sql('insert into witness.poison values ($1, $2)', [places.orgId, '"w0-']);
    const garbage = ['', '{', '{"specversion":"1.0"}', 'null', '\u0000'.repeat(1_000)];
    await publishRaw(bed.broker.url, garbage.map((payload) => ({ subject: 'evt.session.entry-granted.v1', payload })));
    saw('garbage published', garbage.length);
    await pass(4_000);
    saw('events parked', await inInbox(scene, 'parked'));
    saw('others that passed meanwhile', await inInbox(scene, 'done'));
    await bed.sql('delete from witness.poison');
    await pass(1_500);
  },
};

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
    const { bed, pass, saw } = scene;
    writers.forEach((name) => bed.arm(name, 'late commits'));
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

export const messageFaults: readonly Fault[] = [toldAgain, shuffledAndLate, stolen, poison, lateCommits];
