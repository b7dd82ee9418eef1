import { runMigrations } from '@parley/persistence';
import pg from 'pg';
// eslint-disable-next-line parley/boundaries -- the limit is measured on the service's own tables
import { migrations, schema } from '../apps/session-service/src/migrations/migrations.js';
import { enter, linksOf, subscribe } from './entry.load.js';
import { pgbench } from './entry.pgbench.js';
import { median, row } from './figures.js';
import { startStack } from './stack.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);
const SUBSCRIPTIONS = Number(process.env['BENCH_SUBSCRIPTIONS'] ?? 8000);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A database of pgbench's own on the same server, so that no relay works on what it writes, with doors for its rooms. */
async function limitDatabase(serviceUrl: string): Promise<string> {
  await run(serviceUrl, 'create database bench_limit');
  const url = serviceUrl.replace(/\/parley$/, '/bench_limit');
  await run(url, 'create schema session');
  await runMigrations({ url, schema, migrations });
  await run(url, `insert into session.subscription_door select gen_random_uuid(), 'bench', c || '-' || (r * 200000 + p), 1, true
    from generate_series(0, 31) c, generate_series(1, ${ROUNDS * 2 + 1}) r, generate_series(0, 1500) p`);
  await run(url, 'vacuum analyze');
  return url;
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const stack = await startStack();
try {
  const refs = Array.from({ length: SUBSCRIPTIONS }, (_, n) => `ref-${n}`);
  say(`preparing ${SUBSCRIPTIONS} subscriptions`);
  await subscribe(stack.demo, refs);
  const limitUrl = await limitDatabase(stack.databaseUrl);
  const paths = refs.flatMap((ref) => linksOf(stack.demo, ref)).reverse();
  await enter(stack.demo.baseUrl, paths, { clients: 8, seconds: 3 }); // warm-up
  for (const clients of [1, 32]) {
    const ratios: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const ours = await enter(stack.demo.baseUrl, paths, { clients, seconds: SECONDS });
      const limit = pgbench(limitUrl, { clients, seconds: SECONDS });
      say(row(`entries, ${clients} client(s)`, ours));
      say(row(`pgbench, ${clients} client(s)`, limit));
      ratios.push(ours.perSecond / limit.perSecond);
    }
    say(`ratio at ${clients}: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}, median ${median(ratios).toFixed(2)}\n`);
  }
} finally {
  await stack.stop();
}
