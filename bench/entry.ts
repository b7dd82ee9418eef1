import { runMigrations } from '@parley/persistence';
import pg from 'pg';
// eslint-disable-next-line parley/boundaries -- the limit is measured on the service's own tables
import { migrations, schema } from '../apps/session-service/src/migrations/migrations.js';
import { costOf } from './entry.cost.js';
import { enter, hotLinksOf, linksOf, subscribe } from './entry.load.js';
import { pgbench } from './entry.pgbench.js';
import { median, row } from './figures.js';
import { startStack } from './stack.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);
const SUBSCRIPTIONS = Number(process.env['BENCH_SUBSCRIPTIONS'] ?? 8000);
const CLIENTS = [1, 8, 32];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A database of pgbench's own on the same server, so that no relay works on what it writes, with doors for its rooms. */
async function limitDatabase(serviceUrl: string): Promise<string> {
  await run(serviceUrl, 'create database bench_limit');
  const url = serviceUrl.replace(/\/parley$/, '/bench_limit');
  await run(url, 'create schema session');
  await runMigrations({ url, schema, migrations });
  await run(url, `insert into session.subscription_door select gen_random_uuid(), 'bench', c || '-' || (r * 200000 + p), 1, true
    from generate_series(0, 31) c, generate_series(1, ${ROUNDS * CLIENTS.length * 2 + 1}) r, generate_series(0, 1500) p`);
  await run(url, `insert into session.subscription_door values (gen_random_uuid(), 'bench', 'hot', 1, true)`);
  await run(url, 'vacuum analyze');
  return url;
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

interface Comparison {
  name: string;
  links: string[];
  clients: number;
  limitUrl: string;
  hot?: boolean;
}

/** In turns, since machines drift. */
async function compare({ name, links, clients, limitUrl, hot = false }: Comparison): Promise<void> {
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const url of [stack.databaseUrl, limitUrl]) await run(url, 'delete from session.lease'); // what is counted must not grow from round to round
    const ours = await enter(stack.demo.baseUrl, links, { clients, seconds: SECONDS });
    const limit = pgbench(limitUrl, { clients, seconds: SECONDS, hot });
    say(row(`entries, ${name}, ${clients} client(s)`, ours));
    say(row(`pgbench, ${name}, ${clients} client(s)`, limit));
    ratios.push(ours.perSecond / limit.perSecond);
  }
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  say(`ratio, ${name}, ${clients} client(s): ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}, median ${median(ratios).toFixed(2)}, ${spread}\n`);
}

const stack = await startStack();
try {
  const refs = Array.from({ length: SUBSCRIPTIONS }, (_, n) => `ref-${n}`);
  say(`preparing ${SUBSCRIPTIONS} subscriptions`);
  await subscribe(stack.demo, [...refs, 'hot']);
  const limitUrl = await limitDatabase(stack.databaseUrl);
  const paths = refs.flatMap((ref) => linksOf(stack.demo, ref)).reverse();
  const hot = hotLinksOf(stack.demo, 'hot', SUBSCRIPTIONS * 5);
  await enter(stack.demo.baseUrl, paths, { clients: 8, seconds: 3 }); // warm-up
  for (const clients of CLIENTS) await compare({ name: 'many rooms', links: paths, clients, limitUrl });
  for (const clients of CLIENTS) await compare({ name: 'one room', links: hot, clients, limitUrl, hot: true });
  for (const clients of [1, 32]) say(await costOf(stack.databaseUrl, () => enter(stack.demo.baseUrl, paths, { clients, seconds: SECONDS }), clients));
} finally {
  await stack.stop();
}
