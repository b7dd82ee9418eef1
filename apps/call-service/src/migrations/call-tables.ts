import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * All of it is told by events of others. A record's id is the id of its occurrence: an occurrence has one record and a record one
 * occurrence, so a second id would only have to be looked up. `position` is the order of becoming known, which lists follow.
 */
const tablesSql = `
create table call_record (
  id uuid primary key,
  org_id text not null,
  sid text not null,
  started timestamptz not null,
  ended timestamptz,
  end_reason text,
  position bigint not null generated always as identity
);
create unique index call_record_list on call_record (org_id, position);
create index call_record_of_sid on call_record (org_id, sid, position);

create table participation (
  entry_id uuid primary key,
  call_id uuid not null references call_record,
  client_id text not null,
  subscription_id uuid,
  name text not null,
  role text not null,
  joined timestamptz not null,
  left_at timestamptz,
  left_reason text,
  how text,
  position bigint not null generated always as identity
);
create index participation_of_call on participation (call_id, position);

create table subscription (
  id uuid primary key,
  org_id text not null,
  ref text not null,
  name text not null,
  started timestamptz not null,
  ended timestamptz,
  version int not null
);
`;

export class CallTables1700000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tablesSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table subscription, participation, call_record');
  }
}
