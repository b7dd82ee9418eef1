import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refusals are written when there are many of them: what they are found by is kept as 8 bytes of hash, however long it is. */
const findSql = `
create index refusal_by_sid on refusal (hashtextextended(org_id || ' ' || sid, 0), position) where sid is not null;
create index refusal_by_ref on refusal (hashtextextended(org_id || ' ' || ref, 0), position) where ref is not null;
create index refusal_by_person on refusal (hashtextextended(org_id || ' ' || person, 0), position) where person is not null;
create index refusal_by_code on refusal (hashtextextended(org_id || ' ' || code, 0), position);
create index refusal_when on refusal (at);
drop index refusal_of_sid, refusal_at, refusal_age;
`;

export class RefusalOrder1700000700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(findSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index refusal_by_sid, refusal_by_ref, refusal_by_person, refusal_by_code, refusal_when;
      create index refusal_of_sid on refusal (org_id, sid, position);
      create index refusal_at on refusal (org_id, at);
      create index refusal_age on refusal using brin (at)`);
  }
}
