import { type Owner, owners } from '@parley/dto';
import { EventBus, type EventBusOptions, Handlers } from '@parley/event-bus';
import { Database, runMigrations } from '@parley/persistence';
import { natsOptions } from '@parley/platform';
import { systemIdentities, testNats, testPostgres } from '@parley/testing';
import { migrationsOf, type RunningService, startService } from './events.services.js';
import { type Story, toldOf } from './events.stories.js';

export type Databases = Readonly<Record<Owner, Database>>;

/** Both servers as the stack starts them, durable, with the schemas and identities of all who tell and are told. */
export interface Bed {
  natsUrl: string;
  databases: Databases;
  /** What the buses had to say: an event that had to wait, or worse. */
  complaints: readonly string[];
  /** A copy of a service that sends its events, or hears another's; it ends with its database. */
  relay(owner: Owner): Promise<Database>;
  listen(name: Owner, from: Owner, handlers: Handlers): Promise<Database>;
  service(name: Owner): Promise<RunningService>;
  stop(): Promise<void>;
}

export async function makeBed(): Promise<Bed> {
  const [postgres, nats] = await Promise.all([testPostgres({ durable: true }), testNats(systemIdentities(), { durable: true })]);
  const { url } = postgres;
  const complaints: string[] = [];
  const complain = (fields: object, message: string): void => void complaints.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info: complain, warn: complain, error: complain };
  const open = (schema: Owner): Promise<Database> => Database.connect({ url, schema, entities: [] });
  for (const schema of owners) await runMigrations({ url, schema, migrations: await migrationsOf(schema) });
  const databases = Object.fromEntries(await Promise.all(owners.map(async (owner) => [owner, await open(owner)] as const))) as Record<Owner, Database>;
  await databases.call.query('create table seen (event_id uuid primary key)');
  const bus = async (name: Owner, handlers: Handlers, job: Pick<EventBusOptions, 'owner' | 'consumes'>): Promise<Database> => {
    const db = await open(name);
    new EventBus(db, handlers, { name, nats: natsOptions(nats.urlOf(name), name, 'events'), log, ...job }).start();
    return db;
  };
  return {
    natsUrl: nats.url,
    databases,
    complaints,
    relay: (owner) => bus(owner, new Handlers(), { owner, consumes: [] }),
    listen: (name, from, handlers) => bus(name, handlers, { consumes: [from] }),
    service: (name) => startService(name, { databaseUrl: url, natsUrl: nats.urlOf(name) }),
    stop: async () => {
      await Promise.all(Object.values(databases).map((db) => db.close()));
      await Promise.all([postgres.stop(), nats.stop()]);
    },
  };
}

/** The ledger of so many events, told but not sent; answers them as they are sent. */
export async function fillLedger(db: Database, story: () => Story, count: number): Promise<string[]> {
  await db.query('truncate outbox');
  const told = toldOf(story, count);
  while (told.length > 0) {
    const some = told.splice(0, 500);
    await db.write([], (tx) => some.forEach((tell) => tell(tx)));
  }
  await db.query('vacuum analyze outbox');
  return (await db.query<{ envelope: string }>('select envelope from outbox order by id')).map(({ envelope }) => envelope);
}

/** As if the relay had sent nothing yet. */
export const resetRelay = (db: Database): Promise<unknown> => db.query("update relay set high = 0, holes = '[]', stream_created = null, stream_last_seq = 0");

/** What the handlers of a service write, and where they tell of it. */
const effects: Readonly<Partial<Record<Owner, string>>> = {
  auth: 'audit_head, audit_entry',
  session: 'outbox, subscription_door, scheduled_session',
  call: 'outbox, seen, limit_rule, subscription, call_record, usage_entry, placed_call',
};

/** As if nothing had come yet. */
export const forgetEffects = (db: Database, name: Owner): Promise<unknown> => db.query(`truncate inbox, consumer_place, ${effects[name]} cascade`);

/** Places the calls whose sessions the ledger tells of. */
export const placeCalls = (db: Database): Promise<unknown> =>
  db.query(`
    insert into call.placed_call (id, org_id, user_id, username, client_id, number, token, state, auto_end, placed, expires, sequence)
    select id, org_id, id::text, id::text, 'bench', '+4722225555', id::text, 'queued', false, now() - interval '1 hour', now() + interval '3 hours', 1
    from (select distinct substr(envelope::json -> 'data' ->> 'sid', 6)::uuid as id, org_id from session.outbox) told`);
