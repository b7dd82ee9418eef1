import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An API client's id is its api_key. It has as many secrets as overlap during a rotation: valid are those with `valid_until` null
 * or ahead. `sealed` opens with the table, the row's id and the org only.
 */
const clientsSql = `
create table org (
  id uuid primary key,
  name text not null,
  active boolean not null default true,
  created timestamptz not null default parley_now()
);

create table api_client (
  id text primary key,
  org_id uuid not null references org,
  name text not null,
  active boolean not null default true,
  scopes text[] not null,
  grant_types text[] not null,
  created timestamptz not null default parley_now()
);
create index api_client_of_org on api_client (org_id);

create table client_secret (
  id uuid primary key,
  client_id text not null references api_client,
  sealed text not null,
  created timestamptz not null default parley_now(),
  valid_until timestamptz,
  last_used timestamptz
);
create index client_secret_of_client on client_secret (client_id);
`;

/** One key signs at a time, whoever writes. `next` is published before it signs, `retired` while its last tokens may live. */
const keysSql = `
create table signing_key (
  kid text primary key,
  state text not null check (state in ('next', 'active', 'retired')),
  public_jwk jsonb not null,
  sealed text not null,
  created timestamptz not null default parley_now()
);
create unique index signing_key_active on signing_key (state) where state = 'active';
`;

/**
 * What the engine keeps, found by the hash of its id: for a refresh token the id is the secret itself. `successor` is the hash of the
 * refresh token that a used one was exchanged for. refresh_answer: what was answered to a refresh, for as long as it may be repeated.
 */
const artifactsSql = `
create table oauth_artifact (
  model text not null,
  id_hash text not null,
  payload jsonb not null,
  client_id text,
  grant_id text,
  consumed_at timestamptz,
  successor text,
  expires_at timestamptz not null,
  primary key (model, id_hash)
);
create index oauth_artifact_of_grant on oauth_artifact (grant_id);
create index oauth_artifact_expiry on oauth_artifact (expires_at);

create table refresh_answer (
  token_hash text primary key,
  client_id text not null,
  sealed text not null,
  access_expires_at timestamptz not null,
  until timestamptz not null
);
create index refresh_answer_expiry on refresh_answer (until);
`;

export class AuthTables1700000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [clientsSql, keysSql, artifactsSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table refresh_answer, oauth_artifact, signing_key, client_secret, api_client, org');
  }
}
