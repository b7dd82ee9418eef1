import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { listPage, type PageRequest, type Query } from '@parley/persistence';
import { blocksOf, type Explained, shapeOf } from '@parley/testing';
import pg from 'pg';
// eslint-disable-next-line parley/boundaries -- the list is the service's own
import { entryColumns, entryTables } from '../apps/session-service/src/entries/entry.entity.js';
import { limitDatabase } from './entry.limit.js';
import { pgbench } from './entry.pgbench.js';
import { median, row } from './figures.js';
import { sql } from './sql.js';
import { startStack } from './stack.js';

/** How long the lists are, one after the other. */
const LENGTHS = (process.env['BENCH_ENTRIES'] ?? '10000,10000000').split(',').map(Number);
/** What an entry and its places in the indexes take, generously. */
const BYTES_PER_ENTRY = 1200;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The plan of one page and the blocks that it touches. */
async function costOf(client: pg.Client, request: PageRequest): Promise<string> {
  let told = '';
  const query = (async (sql: string, params: unknown[] = []) => {
    const { rows } = await client.query<Explained>(`explain (analyze, buffers, format json) ${sql}`, params);
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan) told = `${blocksOf(plan)} blocks, ${shapeOf(plan)}`;
    return (await client.query(sql, params)).rows as unknown[];
  }) as Query;
  await listPage({ query }, { select: entryColumns, from: entryTables, where: 'e.org_id = $1', params: ['bench'], key: 'e.position' }, request, (row: object) => row);
  return told;
}

/** In as many sessions whatever the length, so that a plan is the same for that, too. */
async function fill(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query(`insert into session (id, org_id, sid, state, started, sequence) select md5('room-' || n)::uuid, 'bench', 'room-' || n, 'open', now(), 1 from generate_series(0, 4999) n on conflict do nothing`);
  await client.query(
    `insert into entry (id, session_id, org_id, sid, client_id, name, role, peer_id, person, access_token, entered_at, lease_until, ended_at, leave_reason, how)
     select gen_random_uuid(), md5('room-' || n % 5000)::uuid, 'bench', 'room-' || n % 5000, 'key', 'Ann', 'guest', 'peer', 'name:Ann', repeat('x', 200), now(), now(), now(), 'left', 'declared'
     from generate_series($1::bigint, $2::bigint) n`,
    [from + 1, to],
  );
  await client.query('vacuum analyze entry, session');
}

/** Entries a second by the service's SQL alone, in the middle of some rounds. */
async function entering(url: string, length: number): Promise<number> {
  const speeds: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await sql(url, 'delete from session.lease');
    const figures = pgbench(url, { clients: 8, seconds: SECONDS });
    say(row(`${length} entries there, 8 client(s)`, figures));
    speeds.push(figures.perSecond);
  }
  return median(speeds);
}

const { bavail, bsize } = statfsSync(tmpdir());
const needed = Math.max(...LENGTHS) * BYTES_PER_ENTRY;
if (bavail * bsize < 2 * needed) throw new Error(`${Math.round((2 * needed) / 1e9)} GB must be free in ${tmpdir()}`);

const stack = await startStack();
try {
  const url = await limitDatabase(stack.databaseUrl, 'bench_growth', LENGTHS.length * ROUNDS + 1);
  const client = new pg.Client({ connectionString: url, options: '-c search_path=session' });
  await client.connect();
  let there = 0;
  const speeds: number[] = [];
  for (const length of LENGTHS) {
    await fill(client, there, length);
    there = length;
    for (const depth of [0.1, 0.5, 0.9]) {
      const after = Buffer.from(JSON.stringify({ after: Math.floor(length * depth) })).toString('base64url');
      const before = Buffer.from(JSON.stringify({ before: Math.floor(length * depth) })).toString('base64url');
      say(`${length} entries, at ${depth * 100} %: next ${await costOf(client, { page: 1, count: 200, cursor: after })}; previous ${await costOf(client, { page: 1, count: 200, cursor: before })}`);
    }
    speeds.push(await entering(url, length));
  }
  say(`entering: ${speeds.map((speed) => speed.toFixed(0)).join(' -> ')} a second, growth of its time ${((speeds[0] ?? 0) / (speeds.at(-1) ?? 1)).toFixed(2)}`);
  await client.end();
} finally {
  await stack.stop();
}
