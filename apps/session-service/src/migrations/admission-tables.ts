import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an entry was got with, so that revoking a link and banning a person find it. */
const entrySql = `
alter table entry add column identities text[] not null default '{}', add column link_hash text, add column issued_at timestamptz;
`;

/** One row per person and place while it is in force. \`people\`: everything that the person is known by, \`person\` first. */
const banSql = `
create table ban (
  id uuid primary key,
  org_id text not null,
  person text not null,
  people text[] not null,
  sid text,
  until timestamptz,
  reason text,
  created timestamptz not null,
  lifted timestamptz,
  sequence bigint not null check (sequence > 0),
  position bigint not null generated always as identity
);
create unique index ban_in_force on ban (org_id, person, sid) nulls not distinct where lifted is null;
create index ban_of_people on ban using gin (people) with (fastupdate = off) where lifted is null;
create index ban_of_org on ban (org_id, position);
`;

/** Who was not let in, and why; nothing that could let anybody in. Purged by age. */
const refusalSql = `
create table refusal (
  id uuid primary key,
  org_id text not null,
  at timestamptz not null,
  code text not null,
  rule text not null,
  detail text not null,
  "limit" int,
  current int,
  retry_at timestamptz,
  sid text,
  ref text,
  person text,
  name text,
  role text,
  client_id text not null,
  link_hash text not null,
  issued_at timestamptz,
  not_before timestamptz,
  expires_at timestamptz,
  request_id text,
  position bigint not null generated always as identity
);
create index refusal_of_org on refusal (org_id, position);
create index refusal_of_sid on refusal (org_id, sid, position);
create index refusal_at on refusal (org_id, at);
create index refusal_age on refusal using brin (at);
`;

const validFromSql = `
alter table valid_from add column position bigint not null generated always as identity;
create unique index valid_from_of_org on valid_from (org_id, position);
`;

export class AdmissionTables1700000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [entrySql, banSql, refusalSql, validFromSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table ban, refusal;
      alter table valid_from drop column position;
      alter table entry drop column identities, drop column link_hash, drop column issued_at`);
  }
}
