import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * session: one occurrence; `sequence` counts its events, `empty_since` is set while nobody is in it. entry: one time that someone
 * was granted access; written once, and once more when it ends.
 */
const ledgerSql = `
create table session (
  id uuid primary key,
  org_id text not null,
  sid text not null,
  state text not null check (state in ('scheduled', 'open', 'ended', 'cancelled')),
  started timestamptz not null,
  ended timestamptz,
  end_reason text,
  empty_since timestamptz,
  sequence bigint not null check (sequence >= 0),
  position bigint not null generated always as identity,
  check ((ended is null) = (end_reason is null))
);
create unique index session_running on session (org_id, sid) where ended is null;
create index session_latest on session (org_id, sid, position);
create index session_empty on session (empty_since) where ended is null and empty_since is not null;

create table entry (
  id uuid primary key,
  session_id uuid not null references session,
  org_id text not null,
  sid text not null,
  client_id text not null,
  subscription_id uuid,
  name text not null,
  role text not null check (role in ('owner', 'guest')),
  peer_id text not null,
  person text not null,
  access_token text not null,
  entered_at timestamptz not null,
  lease_until timestamptz not null,
  link_exp timestamptz,
  last_beat timestamptz,
  ended_at timestamptz,
  leave_reason text,
  how text,
  position bigint not null generated always as identity,
  check ((ended_at is null) = (leave_reason is null) and (ended_at is null) = (how is null))
);
create unique index entry_of_org on entry (org_id, position);
create index entry_of_sid on entry (org_id, sid, position);
create index entry_of_subscription on entry (org_id, subscription_id, position) where subscription_id is not null;
`;

/**
 * One row for each entry that has not ended, and nothing else: what admission counts and heartbeats change stays small however
 * long the ledger of entries grows. `seat` is what the limit of participants counts; people with equal seats share one.
 */
const leaseSql = `
create table lease (
  entry_id uuid primary key references entry,
  session_id uuid not null,
  subscription_id uuid,
  person text not null,
  seat text not null,
  lease_until timestamptz not null,
  link_exp timestamptz,
  last_beat timestamptz
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
create index lease_of_session on lease (session_id);
create index lease_of_subscription on lease (subscription_id) where subscription_id is not null;
create index lease_end on lease (lease_until);
`;

/**
 * subscription_door: what is known here of subscriptions; changed only by a higher version. valid_from: links signed before do not
 * work. link_first_use: when a link that tells neither its beginning nor its end was first seen; the rows stay, or such a link
 * would begin to live anew. signing_key: private halves sealed.
 */
const accessSql = `
create table subscription_door (
  id uuid primary key,
  org_id text not null,
  ref text not null,
  version bigint not null,
  open boolean not null
);
create index subscription_door_open on subscription_door (org_id, ref, id) where open;

create table valid_from (
  org_id text not null,
  kind text not null check (kind in ('org', 'client', 'subscription', 'session', 'person', 'link')),
  key text not null,
  at timestamptz not null,
  primary key (org_id, kind, key)
);

create table link_first_use (
  hash text primary key,
  at timestamptz not null
);

create table signing_key (
  kid text primary key,
  public_key jsonb not null,
  sealed text not null,
  created_at timestamptz not null
);
`;

export class SessionTables1700000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [ledgerSql, leaseSql, accessSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table lease, entry, session, subscription_door, valid_from, link_first_use, signing_key');
  }
}
