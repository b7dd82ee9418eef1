import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys of entry tokens as a `KeyRing`: `next` is published before it signs, `retired` while its last tokens may live. */
const keyRingSql = `
alter table signing_key rename column public_key to public_jwk;
alter table signing_key rename column created_at to since;
alter table signing_key add column state text not null default 'retired' check (state in ('next', 'active', 'retired'));
update signing_key set state = 'active' where kid = (select kid from signing_key order by since desc limit 1);
alter table signing_key alter column state drop default;
create unique index signing_key_active on signing_key (state) where state = 'active';
create unique index signing_key_next on signing_key (state) where state = 'next';
`;

export class KeyRingTable1700000450000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(keyRingSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table signing_key drop column state');
    await runner.query('alter table signing_key rename column since to created_at');
    await runner.query('alter table signing_key rename column public_jwk to public_key');
  }
}
