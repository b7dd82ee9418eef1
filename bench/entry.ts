import { costOf } from './entry.cost.js';
import { limitDatabase } from './entry.limit.js';
import { enter, enterAt, hotLinksOf, linksOf, subscribe } from './entry.load.js';
import { pgbench } from './entry.pgbench.js';
import { median, row } from './figures.js';
import { sql } from './sql.js';
import { startStack } from './stack.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);
const SUBSCRIPTIONS = Number(process.env['BENCH_SUBSCRIPTIONS'] ?? 8000);
const CLIENTS = [1, 8, 32];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Comparison {
  name: string;
  links: string[];
  clients: number;
  limitUrl: string;
  hot?: boolean;
}

/** In turns, since machines drift. */
async function compare({ name, links, clients, limitUrl, hot = false }: Comparison): Promise<number> {
  const [ratios, speeds]: [number[], number[]] = [[], []];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const url of [stack.databaseUrl, limitUrl]) await sql(url, 'delete from session.lease'); // what is counted must not grow from round to round
    const ours = await enter(stack.demo.baseUrl, links, { clients, seconds: SECONDS });
    const limit = pgbench(limitUrl, { clients, seconds: SECONDS, hot });
    say(row(`entries, ${name}, ${clients} client(s)`, ours));
    say(row(`pgbench, ${name}, ${clients} client(s)`, limit));
    ratios.push(ours.perSecond / limit.perSecond);
    speeds.push(ours.perSecond);
  }
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  say(`ratio, ${name}, ${clients} client(s): ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}, median ${median(ratios).toFixed(2)}, ${spread}\n`);
  return median(speeds);
}

const stack = await startStack();
try {
  const refs = Array.from({ length: SUBSCRIPTIONS }, (_, n) => `ref-${n}`);
  say(`preparing ${SUBSCRIPTIONS} subscriptions`);
  await subscribe(stack.demo, [...refs, 'hot']);
  const limitUrl = await limitDatabase(stack.databaseUrl, 'bench_limit', ROUNDS * CLIENTS.length * 2 + 1);
  const paths = refs.flatMap((ref) => linksOf(stack.demo, ref)).reverse();
  const hot = hotLinksOf(stack.demo, 'hot', SUBSCRIPTIONS * 5);
  await enter(stack.demo.baseUrl, paths, { clients: 32, seconds: 15 }); // until the compilers of five processes are done
  let most = 0;
  for (const clients of CLIENTS) most = Math.max(most, await compare({ name: 'many rooms', links: paths, clients, limitUrl }));
  say(row('entries, many rooms, at half of the most', await enterAt(stack.demo.baseUrl, paths, { perSecond: most / 2, seconds: SECONDS * 2 })));
  for (const clients of CLIENTS) await compare({ name: 'one room', links: hot, clients, limitUrl, hot: true });
  for (const clients of [1, 32]) say(await costOf(stack.databaseUrl, () => enter(stack.demo.baseUrl, paths, { clients, seconds: SECONDS }), clients));
} finally {
  await stack.stop();
}
