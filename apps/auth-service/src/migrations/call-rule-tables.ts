import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `limits_version` counts the changes of a row's limits, for those who keep a copy of them. */
const versionSql = `
alter table api_client add column calls_per_user integer check (calls_per_user >= 0);
alter table system_setting add column limits_version integer not null default 0;
alter table org add column limits_version integer not null default 0;
alter table api_client add column limits_version integer not null default 0;
alter table app_user add column limits_version integer not null default 0;
`;

export class CallRuleTables1700000460000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(versionSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['system_setting', 'org', 'api_client', 'app_user']) await runner.query(`alter table ${table} drop column limits_version`);
    await runner.query('alter table api_client drop column calls_per_user');
  }
}
