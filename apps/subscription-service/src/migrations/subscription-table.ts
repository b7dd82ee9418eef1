import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `version` counts the changes of a subscription and is the sequence of its events. `position` is the order of creation, which
 * lists follow. At most one active subscription per (org, ref) is a fact of the database, whoever writes.
 */
const tableSql = `
create table subscription (
  id uuid primary key,
  org_id text not null,
  ref text not null,
  name text not null,
  email text not null,
  started timestamptz not null,
  ended timestamptz,
  version int not null default 1 check (version > 0),
  position bigint not null generated always as identity
);
create unique index subscription_active_ref on subscription (org_id, ref) where ended is null;
create unique index subscription_list on subscription (org_id, position);
`;

export class SubscriptionTable1700000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tableSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table subscription');
  }
}
