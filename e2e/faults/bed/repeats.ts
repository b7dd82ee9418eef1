import { runSql } from '@parley/testing';

const listening = ['auth', 'subscription', 'session', 'call', 'witness'];

/** Notes what comes to an inbox that has it already; with the transaction of whoever it came to. */
const TABLE = `
create table witness.repeat (id bigserial primary key, event_id uuid not null);
create index on witness.repeat (event_id);
create function witness.note_repeat() returns trigger language plpgsql security definer as $$
declare known boolean;
begin
  execute format('select exists (select from %I.%I where consumer = $1 and event_id = $2)', tg_table_schema, tg_table_name)
    into known using new.consumer, new.event_id;
  if known then insert into witness.repeat (event_id) values (new.event_id); end if;
  return new;
end $$;`;

const trigger = (schema: string): string => `create trigger note_repeat before insert on ${schema}.inbox for each row execute function witness.note_repeat();`;

/** From now on it is counted how often an event comes to a consumer that knows it, whatever that does then. */
export async function countRepeats(databaseUrl: string): Promise<void> {
  await runSql(databaseUrl, TABLE + listening.map(trigger).join('\n'));
}
