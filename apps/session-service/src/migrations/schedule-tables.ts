import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * scheduled_session: planned by the later API; its id is the `sid` of what takes place. `sequence` counts its events.
 * scheduled_participant: who is invited; a removed one stays. Their times are those of the JSON that carries them: milliseconds.
 */
const scheduleSql = `
create table scheduled_session (
  id text primary key,
  org_id text not null,
  client_id text not null,
  name text,
  picture text,
  starts timestamptz not null,
  ends timestamptz not null,
  rfc1123 boolean not null,
  cancelled timestamptz,
  sequence bigint not null check (sequence > 0),
  check (ends > starts and ends <= starts + interval '12 h')
);
create index scheduled_session_start on scheduled_session (org_id, starts, id);

create table scheduled_participant (
  id uuid primary key,
  session_id text not null references scheduled_session,
  org_id text not null,
  client_id text not null,
  name text,
  role text not null check (role in ('owner', 'guest')),
  picture text,
  state text,
  created timestamptz not null,
  deleted timestamptz,
  position bigint not null generated always as identity
);
create index scheduled_participant_of_session on scheduled_participant (session_id, position);
`;

/**
 * session_setting: what an org (sid '') or a session name has set. session: what holds for the occurrence (\`terms\`), since when no
 * owner is in it, how the last one went, and when it will end if nobody comes, stays or changes anything (\`due_at\`).
 */
const lifecycleSql = `
create table session_setting (
  org_id text not null,
  sid text not null,
  settings jsonb not null,
  sequence bigint not null check (sequence > 0),
  primary key (org_id, sid)
);

alter table session
  add column terms jsonb not null default '{}',
  add column owner_gone_since timestamptz,
  add column last_left boolean not null default false,
  add column due_at timestamptz;
update session set due_at = empty_since + interval '60 s' where ended is null;
drop index session_empty;
create index session_due on session (due_at) where ended is null and due_at is not null;
`;

export class ScheduleTables1700000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [scheduleSql, lifecycleSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table session_setting, scheduled_participant, scheduled_session');
    await runner.query('drop index session_due');
    await runner.query('alter table session drop column terms, drop column owner_gone_since, drop column last_left, drop column due_at');
    await runner.query('create index session_empty on session (empty_since) where ended is null and empty_since is not null');
  }
}
