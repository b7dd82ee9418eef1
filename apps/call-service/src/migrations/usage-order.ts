import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger in the order of subscriptions: sums of some of them are made without a look at the others. */
export class UsageOrder1700000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index usage_of_subscription on usage_entry (org_id, subscription_id, day) include (seconds)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index usage_of_subscription');
  }
}
