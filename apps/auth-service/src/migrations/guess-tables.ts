import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Attempts to show a secret: those that failed (`settled`), and those that are being checked. `guess_refusals` tells the limits that
 * refuse somebody: `quotas` are for an account from an address, an address, a client. A check that takes longer than 5 s counts as failed.
 */
const guessSql = `
create table guess (
  id uuid primary key,
  account text not null,
  address text not null,
  client text not null,
  settled boolean not null,
  at timestamptz not null default parley_now()
);
create index guess_of_address on guess (address, at);
create index guess_of_client on guess (client, at);
create index guess_age on guess (at);

create function guess_refusals(account text, address text, client text, quotas int[], seconds int, open_too boolean)
returns table (policy text, quota int, failures int, wait float8) language sql stable as $$
  with counted as (
    select g.account, g.client, g.at from guess g
    where g.address = $2 and g.at > parley_now() - make_interval(secs => $5) and ($6 or g.settled or g.at < parley_now() - interval '5 seconds')
  ), at_client as (
    select g.at from guess g
    where g.client = $3 and g.at > parley_now() - make_interval(secs => $5) and ($6 or g.settled or g.at < parley_now() - interval '5 seconds')
      and exists (select from counted c where c.client = $3)
    order by g.at desc limit $4[3] + 1
  ), standing as (
    select 'account' as policy, $4[1] as quota, count(*)::int as failures, (array_agg(c.at order by c.at desc))[$4[1]] as room_after from counted c where c.account = $1
    union all select 'address', $4[2], count(*)::int, (array_agg(c.at order by c.at desc))[$4[2]] from counted c
    union all select 'client', $4[3], count(*)::int, (array_agg(c.at order by c.at desc))[$4[3]] from at_client c
  )
  select s.policy, s.quota, s.failures, extract(epoch from s.room_after + make_interval(secs => $5) - parley_now())::float8 from standing s where s.failures >= s.quota
$$;
`;

export class GuessTables1700000450000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(guessSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function guess_refusals; drop table guess');
  }
}
