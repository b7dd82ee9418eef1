import pg from 'pg';
// eslint-disable-next-line parley/boundaries -- the rule that is measured is the service's own
import { freeAliasId, PROBES } from '../../apps/session-service/src/aliases/alias-id.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** One statement on the database, as its superuser. */
export async function run<Row>(databaseUrl: string, sql: string, params: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return client.query(sql, params).then(({ rows }) => rows as Row[]).finally(() => client.end());
}

/** Aliases of an org that nobody else uses, oldest first. */
export async function fill(databaseUrl: string, { orgId, count }: { orgId: string; count: number }): Promise<void> {
  await run(
    databaseUrl,
    `insert into session.alias (uid, id, org_id, client_id, sid, type, expires, created, sequence)
     select gen_random_uuid(), 'z' || lpad(to_hex(n), 8, '0'), case when n % 2 = 0 then $1 else 'elsewhere' end, 'bench', 'room', 'live', now() + interval '1 day', now(), 1 from generate_series(1, $2::int) n`,
    [orgId, count],
  );
  await run(databaseUrl, 'vacuum analyze session.alias');
}

/** How a length of ids fills under the rule: two letters have 3,844, three 238,328. */
export async function crowding(): Promise<void> {
  for (const [length, created] of [[2, 20_000], [3, 60_000]] as const) {
    const used = new Set<string>();
    const taken = (ids: readonly string[]): Promise<number> => Promise.resolve(ids.filter((id) => used.has(id)).length);
    for (let n = 1; n <= created; n += 1) {
      used.add(await freeAliasId(taken, length));
      if (n % (created / 5) === 0) {
        const short = [...used].filter((id) => id.length === length).length;
        say(`ids of ${length}: ${n} created, ${short} of this length, ${((100 * short) / 62 ** length).toFixed(2)} % of the space (chance of one guess); ${PROBES} looked up for each`);
      }
    }
  }
}
