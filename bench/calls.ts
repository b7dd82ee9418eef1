import { readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, row } from './figures.js';
import { limitDatabase, pgbench } from './calls.pgbench.js';
import { exportAll, listLatencies, type Load, pairs, prepareUsers, reads, type UserToken } from './calls.load.js';
import { sql } from './sql.js';
import { startStack } from './stack.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);
/** `BENCH_CALLS=10000000` needs some 8 GB of disk and an hour. */
const CALLS = Number(process.env['BENCH_CALLS'] ?? 10_000);
/** With its indexes. */
const BYTES_PER_CALL = 800;
const USERS = 64;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function requireDisk(calls: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  const [needed, free] = [calls * BYTES_PER_CALL * 1.5, bavail * bsize];
  if (free < needed) throw new Error(`${calls} calls need ${(needed / 1e9).toFixed(1)} GB in ${tmpdir()}, where ${(free / 1e9).toFixed(1)} GB are free`);
}

/** Calls of the past, of a thousand users, evenly over a year. */
const fillSql = (orgId: string, calls: number): string => `
  insert into call.placed_call (id, org_id, user_id, username, client_id, number, token, state, auto_end, placed, expires, ended, end_reason, sequence)
  select gen_random_uuid(), '${orgId}', 'user-' || n % 1000, 'name-' || n % 1000, 'app-' || n % 7, '+47' || n % 100000, 'past-' || n, 'completed', false,
    at, at + interval '4 h', at + interval '5 min', 'stopped', 2
  from (select n, now() - interval '1 year' + n * (interval '1 year' / ${calls + 1}) as at from generate_series(1, ${calls}) n) past`;

/** The most memory that a process has had since it began. MB. */
function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
}

async function compare(name: string, run: (load: Load) => Promise<Parameters<typeof row>[1]>, limit: (load: Load) => Parameters<typeof row>[1]): Promise<void> {
  for (const clients of [1, 32]) {
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ours, best] = [await run({ clients, seconds: SECONDS }), limit({ clients, seconds: SECONDS })];
      say(row(`${name}, ${clients} client(s)`, ours));
      say(row(`pgbench, ${clients} client(s)`, best));
      ratios.push(ours.perSecond / best.perSecond);
    }
    say(`ratio at ${clients}: median ${median(ratios).toFixed(2)}\n`);
  }
}

requireDisk(CALLS);
const stack = await startStack();
try {
  const { demo, databaseUrl } = stack;
  const kek = join(stack.dataDir, 'secrets', 'auth-service.kek');
  const users: UserToken[] = await prepareUsers({ demo, databaseUrl, kek }, USERS);
  const limitUrl = await limitDatabase(databaseUrl);
  await pairs(demo.baseUrl, users, { clients: 8, seconds: 3 }); // warm-up
  await compare('POST+PUT', (load) => pairs(demo.baseUrl, users, load), (load) => pgbench(limitUrl, 'pair', load));
  await compare('GET', (load) => reads(demo.baseUrl, users, load), (load) => pgbench(limitUrl, 'read', load));

  say(`making ${CALLS} calls of the past`);
  await sql(databaseUrl, fillSql(demo.orgId, CALLS));
  await sql(databaseUrl, 'vacuum analyze call.placed_call');
  for (const [name, figures] of await listLatencies(demo, ['limit=200', 'limit=200&username=name-7', 'limit=200&number=%2B477', 'limit=200&status=ongoing', `limit=200&from=${Math.floor(Date.now() / 1000) - 86_400}`])) say(row(`list ${name}`, figures));
  const before = peakMemory(stack.pidOf('api-gateway'));
  for (const format of ['csv', 'ndjson'] as const) {
    const { records, seconds, megabytes } = await exportAll(demo, format);
    say(`export ${format}: ${records} records in ${seconds.toFixed(1)} s, ${(records / seconds).toFixed(0)}/s, ${(megabytes / seconds).toFixed(1)} MB/s`);
  }
  say(`peak memory of the gateway: ${before.toFixed(0)} MB before, ${peakMemory(stack.pidOf('api-gateway')).toFixed(0)} MB after; of the call service ${peakMemory(stack.pidOf('call-service')).toFixed(0)} MB`);
} finally {
  await stack.stop();
}
