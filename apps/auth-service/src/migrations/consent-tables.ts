import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a user has allowed an application, for ever: tokens and authorizations come and go. */
const consentSql = `
create table oauth_consent (
  user_id uuid not null references app_user,
  client_id text not null references api_client,
  scopes text[] not null,
  granted timestamptz not null default parley_now(),
  primary key (user_id, client_id)
);
create index oauth_consent_of_client on oauth_consent (client_id);
`;

export class ConsentTables1700000500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(consentSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table oauth_consent');
  }
}
