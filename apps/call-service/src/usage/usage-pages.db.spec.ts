import { randomUUID } from 'node:crypto';
import type { UsageGrouping } from '@parley/dto';
import { Database, type PageOf, runMigrations } from '@parley/persistence';
import { blocksOf, explained, testDatabase, type TestDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import type { UsageRow } from './usage-sums.js';
import { UsageRepository } from './usage.repository.js';

const DAY_S = 86_400;
const FROM = Date.parse('2026-01-15T00:00:00Z') / 1000;
/** Every day until then each subscription, and who has none, was used for a second. */
const DAYS = 80;
const SUBSCRIPTIONS = 600;
const COUNT = 50;

let server: TestDatabase;
let db: Database;
const usage = new UsageRepository();
const entry = randomUUID();

beforeAll(async () => {
  server = await testDatabase(schema);
  await runMigrations({ url: server.url, schema, migrations });
  db = await Database.connect({ url: server.url, schema, entities: [] });
  const call = randomUUID();
  await db.query("insert into call_record (id, org_id, sid, started) values ($1, 'org', 'room', now())", [call]);
  await db.query("insert into participation (entry_id, call_id, org_id) values ($1, $2, 'org')", [entry, call]);
  const days = `generate_series(0, ${DAYS - 1}) d`;
  await book('org', `select md5(n::text)::uuid, d from generate_series(1, ${SUBSCRIPTIONS}) n, ${days} union all select null, d from ${days}`);
  await book('small', `select case when n < 5 then md5(n::text)::uuid end, d from generate_series(1, 5) n, generate_series(0, 40, 10) d where n <> 2 or d > 20`);
  await db.query('vacuum analyze usage_entry');
}, 60_000);
afterAll(async () => {
  await db.close();
  await server.drop();
});

/** A second on each day (from the first one on) of each subscription. */
const book = (org: string, entries: string, seconds = 1) =>
  db.query(
    `insert into usage_entry (org_id, entry_id, subscription_id, day, seconds, correction)
     select $1, $2, subscription_id, (to_timestamp($3::bigint) at time zone 'UTC')::date + d, $4, false from (${entries}) as e(subscription_id, d)`,
    [org, entry, FROM, seconds],
  );

type Asked = { from?: number; to?: number; groupBy: UsageGrouping };
type At = { page: number; cursor?: string | undefined };
const list = (org: string, asked: Asked, at: At, count = COUNT): Promise<PageOf<UsageRow>> => db.write([], (tx) => usage.list(tx, org, { count, ...at, ...asked }));

/** Every page by its link, from the first to the last; `between` what happens in the meantime. */
async function walk(org: string, asked: Asked, { count, between }: { count: number; between?: () => Promise<unknown> }): Promise<PageOf<UsageRow>[]> {
  const pages = [await list(org, asked, { page: 0 }, count)];
  for (let next = pages[0]?.next; next; next = pages.at(-1)?.next) {
    await between?.();
    pages.push(await list(org, asked, next, count));
    if (pages.length > 500) throw new Error('the pages have no end');
  }
  return pages;
}

const groupings: [string, UsageGrouping][] = [
  ['nothing', { subscription: false, period: null }],
  ['month', { subscription: false, period: 'month' }],
  ['day', { subscription: false, period: 'day' }],
  ['subscription', { subscription: true, period: null }],
  ['subscription and month', { subscription: true, period: 'month' }],
  ['subscription and day', { subscription: true, period: 'day' }],
];
const [bySubscription, byMonth, byDay] = [groupings[3], groupings[4], groupings[5]].map((named) => named?.[1]) as [UsageGrouping, UsageGrouping, UsageGrouping];

describe.each(groupings)('Usage by %s', (_, groupBy) => {
  it.each([1, 2, 3, 7])('P.5: is walked both ways, %i at a time, and is the same as at once', async (count) => {
    const asked = { groupBy, from: FROM + 2 * DAY_S, to: FROM + 41 * DAY_S };
    const whole = await list('small', asked, { page: 0 }, 200);
    const pages = await walk('small', asked, { count });

    expect(pages.flatMap(({ items }) => items)).toEqual(whole.items);
    for (const [page, { previous }] of pages.entries()) {
      if (page === 0) expect(previous).toBeUndefined();
      else expect((await list('small', asked, { ...previous, page: page - 1 }, count)).items).toEqual(pages[page - 1]?.items);
      expect((await list('small', asked, { page }, count)).items).toEqual(pages[page]?.items);
    }
    expect(await list('small', asked, { page: 1000 }, count)).toEqual({ items: [], page: 1000, count, previous: { page: pages.length - 1 } });
  });
});

describe('A page boundary', () => {
  const sub = (n: number): string => `md5('${n}')::uuid`;
  const keysOf = (pages: PageOf<UsageRow>[]): string[] => pages.flatMap(({ items }) => items.map(({ period, subscription_id }) => `${period} ${subscription_id}`));

  it.each<[string, UsageGrouping]>([['subscription', bySubscription], ['subscription and month', byMonth], ['subscription and day', byDay]])(
    'P.5: by %s, neither skips nor doubles a group, whatever is booked meanwhile',
    async (name, groupBy) => {
      await book(name, `select md5(n::text)::uuid, d from generate_series(1, 12) n, unnest(array[0, 20, 40]) d union all select null, 20`);
      const before = await list(name, { groupBy }, { page: 0 }, 200);
      let n = 100;
      const between = async (): Promise<void> => {
        await book(name, `select md5(n::text)::uuid, d from generate_series(${n}, ${n + 4}) n, unnest(array[-40, 0, 20, 21, 60]) d union all select ${sub(3)}, 20`);
        n += 5;
      };

      const keys = keysOf(await walk(name, { groupBy }, { count: 5, between }));
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys).toEqual(expect.arrayContaining(keysOf([before])));
    },
  );

  it('P.5: goes on where a group was that has come to nothing meanwhile', async () => {
    await book('gone', `select md5(n::text)::uuid, 0 from generate_series(1, 9) n`);
    const whole = await list('gone', { groupBy: byDay }, { page: 0 }, 200);
    const first = await list('gone', { groupBy: byDay }, { page: 0 }, 3);
    await book('gone', `select '${first.items[2]?.subscription_id}'::uuid, 0`, -1);

    expect((await list('gone', { groupBy: byDay }, { page: 1, ...first.next }, 200)).items).toEqual(whole.items.slice(3));
  });

  it.each([{ after: 5 }, { after: { period: '2026-13-01', subscription: null } }, { after: { period: '0001-01-01', subscription: null } }, { after: { period: '2026-01-01', subscription: 'x' } }])('P.6: is none of ours: %j', async (cursor) => {
    const asked = list('small', { groupBy: byMonth }, { page: 1, cursor: Buffer.from(JSON.stringify(cursor)).toString('base64url') });
    await expect(asked).rejects.toMatchObject({ code: 'page.cursor' });
  });
});

/** The blocks that one page touches. */
const blocksOfPage = (asked: Asked, at: At): Promise<number> =>
  db.write([], async (tx) => {
    const { db: explaining, plans } = explained(tx);
    const page = await usage.list(explaining, 'org', { count: COUNT, ...asked, ...at });
    expect(page.items.length).toBe(COUNT);
    return plans.reduce((sum, plan) => sum + blocksOf(plan), 0);
  });

it.each([
  ['subscription', bySubscription, '1970-01-01', DAYS],
  ['subscription and month', byMonth, '2026-03-01', 31],
  ['subscription and day', byDay, '2026-03-20', 1],
])(`U.7: by %s, a page sums up what it tells and not the ${DAYS * SUBSCRIPTIONS} entries, at any depth and both ways`, async (_, groupBy, period, entriesOfEach) => {
  const key = { period, subscription: 'c0000000-0000-0000-0000-000000000000' };
  const [after, before] = [{ after: key }, { before: key }].map((place) => ({ page: 100, cursor: Buffer.from(JSON.stringify(place)).toString('base64url') }));

  for (const at of [{ page: 0 }, after, before]) expect(await blocksOfPage({ groupBy }, at ?? { page: 0 })).toBeLessThan((COUNT + 1) * entriesOfEach + 400);
});
