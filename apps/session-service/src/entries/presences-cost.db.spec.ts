import { randomUUID } from 'node:crypto';
import { Database, runMigrations } from '@parley/persistence';
import { blocksOf, explained, testDatabase, type TestDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import { EntriesRepository } from './entries.repository.js';

/** How often somebody was in the session before. */
const PAST = 10_000;
const IN_NOW = 5;
const [before, running] = [randomUUID(), randomUUID()];

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase(schema);
  await runMigrations({ url: server.url, schema, migrations });
  db = await Database.connect({ url: server.url, schema, entities: [] });
  await db.query(
    `insert into session (id, org_id, sid, state, started, ended, end_reason, sequence)
     values ($1, 'org', 'room', 'ended', now(), now(), 'empty', 1), ($2, 'org', 'room', 'open', now(), null, null, 1)`,
    [before, running],
  );
}, 60_000);
afterAll(async () => {
  await db.close();
  await server.drop();
});

const columns = `id, session_id, org_id, sid, client_id, name, role, peer_id, person, access_token, entered_at, lease_until`;
const values = `'org', 'room', 'key', 'n' || n, 'guest', '', 'name:n' || n, '', now(), now() + interval '1 h'`;
const enter = () =>
  db.query(
    `with entered as (insert into entry (${columns}) select gen_random_uuid(), $1, ${values} from generate_series(1, ${IN_NOW}) n returning id, person, lease_until)
     insert into lease (entry_id, session_id, person, seat, lease_until) select id, $1, person, person, lease_until from entered`,
    [running],
  );
const cameAndWent = () =>
  db.query(
    `insert into entry (${columns}, ended_at, leave_reason, how)
     select gen_random_uuid(), case when n % 2 = 0 then $1 else $2 end::uuid, ${values}, now(), 'left', 'declared' from generate_series(1, ${PAST}) n`,
    [before, running],
  );

/** One page of who is in, and the blocks that it touches. */
const pageOf = (next: { page: number; cursor?: string }) =>
  db.read(async (tx) => {
    const { db: explaining, plans } = explained(tx);
    const page = await new EntriesRepository().presences(explaining, 'org', { sid: 'room', present: true, count: 2, ...next });
    return { page, blocks: plans.map(blocksOf) };
  });

/** All pages, by their links. */
async function walk(): Promise<{ entryIds: string[]; blocks: number[] }> {
  const [entryIds, blocks]: [string[], number[]] = [[], []];
  for (let next: { page: number; cursor?: string } | undefined = { page: 0 }; next; ) {
    const found = await pageOf(next);
    entryIds.push(...found.page.items.map(({ entryId }) => entryId));
    blocks.push(...found.blocks);
    next = found.page.next;
  }
  return { entryIds, blocks };
}

test(`R.1: who is in costs the same, however many were: ${PAST} past stays touch no block more`, async () => {
  await enter();
  await db.query('vacuum analyze session, entry, lease');
  const first = await walk();
  await cameAndWent();
  await db.query('vacuum analyze session, entry, lease');
  const then = await walk();

  expect(then.entryIds).toEqual(first.entryIds);
  expect(then.entryIds).toHaveLength(IN_NOW);
  expect(Math.max(...then.blocks)).toBeLessThanOrEqual(Math.max(...first.blocks) + 2 * IN_NOW);
});
