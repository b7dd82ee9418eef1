import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * alias: its id is what people type, `uid` what it is: an id may be given out again after it was deleted. `sealed`: the JSON of its
 * secrets, sealed. `wrong_guesses`: when wrong passcodes were shown, those that still count. `position` is the order of lists.
 */
const aliasSql = `
create table alias (
  uid uuid primary key,
  id text not null,
  org_id text not null,
  client_id text not null,
  sid text not null,
  type text not null check (type in ('live', 'conference')),
  name text,
  sealed text,
  expires timestamptz not null,
  expiry_told boolean not null default false,
  created timestamptz not null,
  wrong_guesses timestamptz[] not null default '{}',
  sequence bigint not null check (sequence > 0),
  position bigint not null generated always as identity
) with (fillfactor = 90);
create unique index alias_id on alias (id);
create unique index alias_of_org on alias (org_id, position);
create index alias_of_type on alias (org_id, type, position);
create index alias_expiry on alias (expires) where not expiry_told;
`;

/** Whoever shows a passcode asks here, right or wrong, and all who do so for one alias stand in one line: whoever is right after the tenth who was not is too late. */
const guessSql = `
create function passcode_shown(alias_uid uuid, is_right boolean, most int, span interval, out admitted boolean, out free_at timestamptz) language plpgsql as $$
declare
  line bigint := hashtextextended('alias passcode ' || alias_uid, 0);
  recent timestamptz[];
begin
  if is_right then perform pg_advisory_xact_lock_shared(line); else perform pg_advisory_xact_lock(line); end if;
  select coalesce(array_agg(at order by at), '{}') into recent from alias, unnest(wrong_guesses) as at where uid = alias_uid and at > parley_now() - span;
  admitted := cardinality(recent) < most;
  free_at := recent[1] + span;
  if admitted and not is_right then
    update alias set wrong_guesses = recent || parley_now() where uid = alias_uid;
  end if;
end $$;
`;

/** opentok_session: its id is what OpenTok clients know, `sid` the session that it is a name of. */
const opentokSql = `
create table opentok_session (
  id text primary key,
  org_id text not null,
  client_id text not null,
  sid text not null,
  media_mode text not null check (media_mode in ('routed', 'relayed')),
  location text,
  created timestamptz not null
);
`;

/** capabilities: null, those of the role. watching: this seat is one of the watchers', who are counted apart. */
const capabilitySql = `
alter table entry add column capabilities text[];
alter table lease add column watching boolean not null default false;
`;

export class AliasTables1700000500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [aliasSql, guessSql, opentokSql, capabilitySql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table alias, opentok_session;
      drop function passcode_shown;
      alter table entry drop column capabilities;
      alter table lease drop column watching`);
  }
}
