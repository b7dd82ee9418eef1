import type { listUsage, RequestOf } from '@parley/dto';
import type { PageSource, Tx } from '@parley/persistence';
import { z } from 'zod';
import { dayAt } from './usage.sql.js';

/** A sum with what tells it from the others: the first day of its period, and its subscription. */
export interface UsageRow {
  period: string;
  subscription_id?: string | null;
  ref?: string | null;
  seconds: number;
}

/** All time is one period, and begins on the first day that there can be. */
const FIRST_DAY = '1970-01-01';

const UsageKey = z.strictObject({ period: z.iso.date().refine((day) => day >= FIRST_DAY), subscription: z.guid().nullable() });
type UsageKey = z.output<typeof UsageKey>;

/** Before every id, and behind it. */
const LEAST = `'00000000-0000-0000-0000-000000000000'::uuid`;
const MOST = `'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid`;

/** The days that are asked about, as far as the ledger of the org $1 goes. */
const askedSql = `
  select greatest(first, ${dayAt('$2::bigint')}) as first, least(last + 1, ${dayAt('$3::bigint')}) as over
  from (select min(day) as first, max(day) as last from usage_entry where org_id = $1) ledger where first is not null`;

const periodSql = {
  month: `select m::date as period, greatest(m::date, first) as first, least((m + interval '1 month')::date, over) as over
    from asked, generate_series(date_trunc('month', first::timestamp), (over - 1)::timestamp, interval '1 month') as m`,
  day: `select d::date as period from asked, generate_series(first::timestamp, (over - 1)::timestamp, interval '1 day') as d`,
  none: `select date '${FIRST_DAY}' as period, first, over from asked`,
};

type Reach = 'offset' | 'after' | 'before';
type Asked = Pick<RequestOf<typeof listUsage>, 'from' | 'to' | 'groupBy'>;

/** Behind or before the period $5. */
const wholeSql = {
  offset: 'select * from periods',
  after: 'select * from periods where period > $5',
  before: 'select * from periods where period < $5',
};

/** What of a period lies behind or before the subscription $6 in the period $5: ids between `low` and `high`, and with `rest` what has none, which comes last. */
const partSql = {
  offset: `select *, ${LEAST} as low, ${MOST} as high, true as rest from periods`,
  after: `select *, case when period = $5 then $6 else ${LEAST} end as low, ${MOST} as high, true as rest from periods where period > $5 or period = $5 and $6::uuid is not null`,
  before: `select *, ${LEAST} as low, case when period = $5 then coalesce($6, ${MOST}) else ${MOST} end as high, period < $5 as rest from periods where period <= $5`,
};

/** Of one period. Each is read from an index in its order, so that only those who are asked for are summed up. */
const sumSql = (of: string): string => `select sum(seconds)::bigint as seconds from usage_entry where ${of} having sum(seconds) > 0`;
const sumsSql = (of: string, order: string, most: string): string => `
  (select subscription_id, sum(seconds)::bigint as seconds from usage_entry where ${of} and subscription_id > p.low and subscription_id < p.high
   group by subscription_id having sum(seconds) > 0 order by subscription_id ${order} limit ${most})
  union all
  (select null, sum(seconds)::bigint from usage_entry where ${of} and subscription_id is null and p.rest having sum(seconds) > 0)`;

/** For the rest of the transaction: without it a guess at how few rows there may be makes PostgreSQL read them all and sort them. */
export const inOrderSql = `select set_config('enable_sort', 'off', true)`;

/** The sums of a grouping: at most $4 behind or before a place, or behind the first $5. */
function groupsSql({ subscription, period }: Asked['groupBy'], reach: Reach): string {
  const order = reach === 'before' ? 'desc' : 'asc';
  const [most, bounds] = reach === 'offset' ? ['$4::bigint + $5::bigint', 'limit $4 offset $5'] : ['$4', 'limit $4'];
  const of = `org_id = $1 and ${period === 'day' ? 'day = p.period' : 'day >= p.first and day < p.over'}`;
  const [part, sums] = subscription ? [partSql, sumsSql(of, order, most)] : [wholeSql, sumSql(of)];
  return `
  with asked as (${askedSql}), periods as (${periodSql[period ?? 'none']})
  select to_char(p.period, 'YYYY-MM-DD') as period, s.*${subscription ? ', (select ref from subscription where id = s.subscription_id) as ref' : ''}
  from (${part[reach]} order by period ${order}) p cross join lateral (${sums}) s
  order by p.period ${order}${subscription ? `, s.subscription_id ${order}` : ''} ${bounds}`;
}

/** The sums that an org asks about, in the order of time, then of subscriptions, what has none last. */
export function usageSums(tx: Tx, orgId: string, { from, to, groupBy }: Asked): PageSource<UsageKey, UsageRow> {
  const days = [orgId, from ?? null, to ?? null];
  const read = (reach: Reach, limit: number, rest: unknown[]) => tx.query<UsageRow>(groupsSql(groupBy, reach), [...days, limit, ...rest]);
  const paramsOf = ({ period, subscription }: UsageKey): unknown[] => (groupBy.subscription ? [period, subscription] : [period]);
  return {
    key: UsageKey,
    keyOf: ({ period, subscription_id = null }) => ({ period, subscription: subscription_id }),
    read: (place, limit) => {
      if ('after' in place) return read('after', limit, paramsOf(place.after));
      if ('before' in place) return read('before', limit, paramsOf(place.before));
      return read('offset', limit, [place.offset]);
    },
    elements: async () => (await tx.query<{ elements: number }>(`select count(*) as elements from (${groupsSql(groupBy, 'offset')}) sums`, [...days, null, 0]))[0]?.elements ?? 0,
  };
}
