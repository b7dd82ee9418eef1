/** More than anybody reads of what should be empty. */
const MAX_DIFFERENCES = 100;

/** SQL of the day that begins in so many seconds of the epoch. */
export const dayAt = (seconds: string): string => `date '1970-01-01' + (${seconds} / 86400)::int`;

/** The days of the ledger in the order of its index, so that nothing is sorted and no row of the table is read. */
const dailySql = (bounds: string): string =>
  `select day, subscription_id, sum(seconds)::bigint as seconds from usage_entry where org_id = $1 ${bounds} group by day, subscription_id having sum(seconds) <> 0`;

/** Whole seconds of the epoch; exact, because microseconds are wider than what a double leaves out. */
const secondsOf = (column: string): string => `floor(date_part('epoch', ${column}))::bigint`;

/**
 * What the records come to from `$2` to `$3`, by subscription and the days of joining and leaving, then by month: all who came on
 * one day and left on another are split at once, by what they have in sum before and behind the ends of the months.
 */
const recordedSql = `
  with present as (
    select subscription_id, greatest(${secondsOf('joined')}, $2::bigint) as joined, least(${secondsOf('left_at')}, $3::bigint) as left_at
    from participation
    where org_id = $1 and joined is not null and left_at is not null and left_at >= to_timestamp($2::bigint) and joined < to_timestamp($3::bigint)
  ), alike as (
    select subscription_id, joined / 86400 as first, left_at / 86400 as last, count(*) as people, sum((joined % 86400)::int) as late, sum((left_at % 86400)::int) as over
    from present where left_at > joined group by 1, 2, 3
  ), spans as (
    select alike.*, date_trunc('month', (date '1970-01-01' + first::int)::timestamp) as first_month, date_trunc('month', (date '1970-01-01' + last::int)::timestamp) as last_month from alike
  )
  select subscription_id, month,
    case when month = last_month then people * last * 86400 + over else people * ${secondsOf(`month + interval '1 month'`)} end
    - case when month = first_month then people * first * 86400 + late else people * ${secondsOf('month')} end as seconds
  from spans cross join lateral generate_series(first_month, last_month, interval '1 month') as month`;

const bookedSql = `
  select subscription_id, date_trunc('month', day::timestamp) as month, seconds
  from (${dailySql(`and day >= ${dayAt('$2::bigint')} and day < ${dayAt('$3::bigint')}`)}) daily`;

/** For the rest of the transaction a statement has `$1` ms, if it has not less anyway. */
export const patienceSql = `
  select set_config('statement_timeout', least($1::bigint, (1000 * extract(epoch from current_setting('statement_timeout')::interval))::bigint)::text, true)`;

/** Both sides in one statement, so that they are of one moment. */
export const reconcileSql = `
  with sums as (
    select subscription_id, to_char(month, 'YYYY-MM') as month, sum(recorded)::bigint as recorded, sum(booked)::bigint as booked from (
      select subscription_id, month, seconds as recorded, 0 as booked from (${recordedSql}) recorded
      union all
      select subscription_id, month, 0, seconds from (${bookedSql}) booked
    ) sides group by subscription_id, sides.month
  )
  select (select coalesce(sum(recorded), 0)::bigint from sums) as recorded, (select coalesce(sum(booked), 0)::bigint from sums) as booked,
    (select coalesce(json_agg(found), '[]') from (
      select subscription_id as "subscriptionId", month, recorded, booked from sums where recorded <> booked order by month, subscription_id limit ${MAX_DIFFERENCES}
    ) found) as differences`;
