import pg from 'pg';
import { enter, linksOf, subscribe } from './entry.load.js';
import { pgbench } from './entry.pgbench.js';
import { median, row } from './figures.js';
import { startStack } from './stack.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);
const SUBSCRIPTIONS = Number(process.env['BENCH_SUBSCRIPTIONS'] ?? 8000);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Doors for pgbench's rooms, as the service has them for its own. */
async function openDoors(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`insert into session.subscription_door select gen_random_uuid(), 'bench', c || '-' || (r * 200000 + p), 1, true
    from generate_series(0, 31) c, generate_series(1, ${ROUNDS * 2 + 1}) r, generate_series(0, 1500) p`);
  await client.query('vacuum analyze');
  await client.end();
}

const stack = await startStack();
try {
  const refs = Array.from({ length: SUBSCRIPTIONS }, (_, n) => `ref-${n}`);
  say(`preparing ${SUBSCRIPTIONS} subscriptions`);
  await subscribe(stack.demo, refs);
  await openDoors(stack.databaseUrl);
  const paths = refs.flatMap((ref) => linksOf(stack.demo, ref)).reverse();
  await enter(stack.demo.baseUrl, paths, { clients: 8, seconds: 3 }); // warm-up
  for (const clients of [1, 32]) {
    const ratios: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const ours = await enter(stack.demo.baseUrl, paths, { clients, seconds: SECONDS });
      const limit = pgbench(stack.databaseUrl, { clients, seconds: SECONDS });
      say(row(`entries, ${clients} client(s)`, ours));
      say(row(`pgbench, ${clients} client(s)`, limit));
      ratios.push(ours.perSecond / limit.perSecond);
    }
    say(`ratio at ${clients}: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}, median ${median(ratios).toFixed(2)}\n`);
  }
} finally {
  await stack.stop();
}
