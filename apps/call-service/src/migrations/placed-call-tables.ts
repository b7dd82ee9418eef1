import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What auth-service tells of limits; a higher version is newer. */
const limitSql = `
create table limit_rule (
  kind text not null check (kind in ('everyone', 'org', 'client', 'user')),
  key text not null,
  version int not null,
  calls_per_user int,
  ongoing_calls int,
  username text,
  primary key (kind, key)
);
`;

/** Lists follow (placed, id) by whatever they are filtered; each index serves one filter. */
const callSql = `
create table placed_call (
  id uuid primary key,
  org_id text not null,
  user_id text not null,
  username text not null,
  client_id text not null,
  number text not null,
  token text not null,
  state text not null check (state in ('queued', 'ringing', 'in-progress', 'completed', 'busy', 'failed', 'no-answer', 'canceled')),
  auto_end boolean not null,
  placed timestamptz not null,
  answered timestamptz,
  expires timestamptz not null,
  ended timestamptz,
  end_reason text,
  sequence int not null,
  check ((ended is null) = (state in ('queued', 'ringing', 'in-progress')))
);
create unique index placed_call_token on placed_call (token);
create index placed_call_list on placed_call (placed, id);
create index placed_call_of_org on placed_call (org_id, placed, id);
create index placed_call_of_username on placed_call (username, placed, id);
create index placed_call_of_client on placed_call (client_id, placed, id);
create index placed_call_of_number on placed_call (number, placed, id);
create index placed_call_in_state on placed_call (state, placed, id);
create index placed_call_due on placed_call (expires) where ended is null;
`;

/** A slot is held as long as its call goes on. That no two calls of a user have the same one is what keeps every limit. */
const slotSql = `
create table call_slot (
  org_id text not null,
  user_id text not null,
  slot int not null check (slot > 0),
  call_id uuid not null unique references placed_call,
  until timestamptz not null,
  primary key (org_id, user_id, slot)
);
create index call_slot_until on call_slot (org_id, until);

create table call_presence (
  entry_id uuid primary key,
  call_id uuid not null references placed_call,
  role text not null
);
create index call_presence_of_call on call_presence (call_id);
`;

export class PlacedCallTables1700000250000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [limitSql, callSql, slotSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table call_presence, call_slot, placed_call, limit_rule');
  }
}
