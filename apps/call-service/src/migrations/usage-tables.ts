import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events of a session may come in any order, so whichever comes first makes the rows, and each later one fills in what it knows. What
 * several may tell (a role, an end) the one with the highest sequence in its aggregate tells: `*_sequence`.
 */
const recordsSql = `
alter table call_record add column ended_sequence bigint;

alter table participation
  alter column client_id drop not null, alter column name drop not null, alter column role drop not null, alter column joined drop not null,
  add column org_id text, add column role_sequence bigint, add column left_sequence bigint;
update participation p set org_id = c.org_id from call_record c where c.id = p.call_id;
alter table participation alter column org_id set not null;
create index participation_over on participation (org_id, left_at) include (joined, subscription_id) where joined is not null and left_at is not null;
`;

/**
 * A row per participation and UTC day, in whole seconds, written once it is over; what changes it later adds a correction, which may
 * be negative. `usage_sum` holds all that a sum over it needs, in the order in which sums are made.
 */
const ledgerSql = `
create table usage_entry (
  id bigint primary key generated always as identity,
  org_id text not null,
  entry_id uuid not null references participation,
  subscription_id uuid,
  day date not null,
  seconds bigint not null check (seconds <> 0),
  correction boolean not null,
  at timestamptz not null default clock_timestamp()
);
create index usage_sum on usage_entry (org_id, day, subscription_id) include (seconds);
create index usage_of_entry on usage_entry (entry_id) include (day, subscription_id, seconds);

create function usage_is_appended() returns trigger language plpgsql as $$
begin
  raise exception 'usage_entry is only appended to';
end $$;
create trigger usage_is_appended before update or delete on usage_entry execute function usage_is_appended();
`;

/** What was over before there was a ledger. */
const backfillSql = `
insert into usage_entry (org_id, entry_id, subscription_id, day, seconds, correction)
select org_id, entry_id, subscription_id, date '1970-01-01' + n::int, least(l, (n + 1) * 86400) - greatest(j, n * 86400), false
from (select p.*, floor(extract(epoch from joined))::bigint as j, floor(extract(epoch from left_at))::bigint as l from participation p) p,
  generate_series(j / 86400, (l - 1) / 86400) as n
where l > j`;

export class CallUsage1700000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [recordsSql, ledgerSql, backfillSql]) await runner.query(sql);
  }

  /** There is no way back: what the ledger says was told to customers. */
  down(): Promise<void> {
    return Promise.reject(new Error('The usage ledger is never removed'));
  }
}
