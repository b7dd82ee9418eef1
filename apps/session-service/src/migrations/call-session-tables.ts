import type { MigrationInterface, QueryRunner } from 'typeorm';

/** scheduled_session.is_call: a call that was placed; `cancelled` is when it was over. Its events are call-service's, and it lasts as long as a call may. */
const callSql = `
alter table scheduled_session
  add column is_call boolean not null default false,
  drop constraint scheduled_session_check,
  drop constraint scheduled_session_sequence_check,
  add constraint scheduled_session_check check (ends > starts and (is_call or ends <= starts + interval '12 h')),
  add constraint scheduled_session_sequence_check check (sequence > 0 or is_call)`;

export class CallSessionTables1700000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(callSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from scheduled_participant p using scheduled_session s where s.id = p.session_id and s.is_call`);
    await runner.query(`delete from scheduled_session where is_call`);
    await runner.query(`
      alter table scheduled_session
        drop constraint scheduled_session_check, drop constraint scheduled_session_sequence_check, drop column is_call,
        add constraint scheduled_session_check check (ends > starts and ends <= starts + interval '12 h'),
        add constraint scheduled_session_sequence_check check (sequence > 0)`);
  }
}
