import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `lookup`: the hash of what something is looked for by, besides its id. `sealed`: the whole of what holds a secret of its own; the
 * view has those rows, so that they can be put under another key.
 */
const artifactSql = `
alter table oauth_artifact add column lookup text, add column sealed text;
create index oauth_artifact_lookup on oauth_artifact (model, lookup) where lookup is not null;
create view sealed_artifact as select id_hash, sealed from oauth_artifact where sealed is not null;
`;

/** How a client shows who it is (RFC 7591, 2); `jwks` holds public keys only. */
const clientSql = `
alter table api_client
  add column auth_method text not null default 'client_secret_basic' check (auth_method in ('client_secret_basic', 'private_key_jwt', 'none')),
  add column jwks jsonb,
  add constraint api_client_keys check ((auth_method = 'private_key_jwt') = (jwks is not null));
`;

/** What all copies of this service share and nobody else may know, such as what cookies are signed with. */
const secretSql = `
create table server_secret (
  name text primary key,
  sealed text not null,
  created timestamptz not null default parley_now()
);
`;

export class OAuthFlowTables1700000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [artifactSql, clientSql, secretSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table server_secret');
    await runner.query('alter table api_client drop constraint api_client_keys, drop column auth_method, drop column jwks');
    await runner.query('drop view sealed_artifact');
    await runner.query('alter table oauth_artifact drop column lookup, drop column sealed');
  }
}
