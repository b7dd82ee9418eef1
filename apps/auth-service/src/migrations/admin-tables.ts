import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `ordinal` is the place in lists: the order of creation. Limits that are null leave it to the next wider rule. */
const registrationSql = `
alter table org
  add column calls_per_user integer check (calls_per_user >= 0),
  add column ongoing_calls integer check (ongoing_calls >= 0),
  add column ordinal bigint generated always as identity;
create unique index org_ordinal on org (ordinal);

alter table api_client
  add column redirect_uris text[] not null default '{}',
  add column click_to_call text not null default 'off' check (click_to_call in ('off', 'code', 'implicit')),
  add column query_token boolean not null default false,
  add column ordinal bigint generated always as identity;
create unique index api_client_ordinal on api_client (org_id, ordinal);

create table app_user (
  id uuid primary key,
  org_id uuid not null references org,
  username text not null,
  password_hash text not null,
  active boolean not null default true,
  calls_per_user integer check (calls_per_user >= 0),
  created timestamptz not null default parley_now(),
  ordinal bigint generated always as identity,
  constraint app_user_username unique (org_id, username)
);
create unique index app_user_ordinal on app_user (org_id, ordinal);

create table org_token (
  id uuid primary key,
  org_id uuid not null references org,
  name text not null,
  token_hash bytea not null unique,
  active boolean not null default true,
  created timestamptz not null default parley_now(),
  ordinal bigint generated always as identity
);
create unique index org_token_ordinal on org_token (org_id, ordinal);

create table system_setting (
  only_one boolean primary key default true check (only_one),
  calls_per_user integer check (calls_per_user >= 0),
  ongoing_calls integer check (ongoing_calls >= 0)
);
insert into system_setting default values;
`;

/** `entry` is the very text that `hash` is made of. `audit_head` says how long each chain is, so that a lost end is noticed, too. */
const auditSql = `
create table audit_head (
  org_id text primary key,
  number bigint not null,
  hash text not null
);

create table audit_entry (
  org_id text not null,
  number bigint not null,
  ordinal bigint generated always as identity unique,
  entry text not null,
  previous_hash text not null,
  hash text not null,
  primary key (org_id, number)
);
`;

export class AdminTables1700000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [registrationSql, auditSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table audit_entry, audit_head, system_setting, org_token, app_user');
    await runner.query('alter table api_client drop column redirect_uris, drop column click_to_call, drop column query_token, drop column ordinal');
    await runner.query('alter table org drop column calls_per_user, drop column ongoing_calls, drop column ordinal');
  }
}
