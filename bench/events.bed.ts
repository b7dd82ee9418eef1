import { randomUUID } from 'node:crypto';
import { type CloudEvent, entryGranted } from '@parley/dto';
import { EventBus, type EventBusOptions, type Handlers } from '@parley/event-bus';
import { Database, runMigrations } from '@parley/persistence';
import { natsOptions } from '@parley/platform';
import { systemIdentities, testNats, testPostgres } from '@parley/testing';
// eslint-disable-next-line parley/boundaries -- the effect that is measured is the service's own
import { migrations as callMigrations } from '../apps/call-service/src/migrations/migrations.js';
// eslint-disable-next-line parley/boundaries -- on the service's own ledger
import { migrations as sessionMigrations } from '../apps/session-service/src/migrations/migrations.js';

/** Both servers as the stack starts them, durable, with schemas and identities of who tells and who is told. */
export interface Bed {
  natsUrl: string;
  session: Database;
  call: Database;
  /** A copy of a service; it ends with its database. */
  bus(schema: 'session' | 'call', handlers: Handlers, consumes?: EventBusOptions['consumes']): Promise<Copy>;
  stop(): Promise<void>;
}

export interface Copy {
  bus: EventBus;
  db: Database;
}

const silent = { info: () => undefined, warn: () => undefined, error: (fields: object, message: string) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`) };

export async function makeBed(): Promise<Bed> {
  const [postgres, nats] = await Promise.all([testPostgres({ durable: true }), testNats(systemIdentities(), { durable: true })]);
  const { url } = postgres;
  await runMigrations({ url, schema: 'session', migrations: sessionMigrations });
  await runMigrations({ url, schema: 'call', migrations: callMigrations });
  const open = (schema: string): Promise<Database> => Database.connect({ url, schema, entities: [] });
  const [session, call] = await Promise.all([open('session'), open('call')]);
  await call.query('create table seen (event_id uuid primary key)');
  return {
    natsUrl: nats.url,
    session,
    call,
    bus: async (schema, handlers, consumes = []) => {
      const db = await open(schema);
      const owner = schema === 'session' ? { owner: schema } as const : {};
      const bus = new EventBus(db, handlers, { name: schema, ...owner, nats: natsOptions(nats.urlOf(schema), schema, 'events'), consumes, log: silent });
      bus.start();
      return { bus, db };
    },
    stop: async () => {
      await Promise.all([session.close(), call.close()]);
      await Promise.all([postgres.stop(), nats.stop()]);
    },
  };
}

/** So many entries into one of a thousand sessions, told in one transaction; `onCommit` hears of the last of them. */
export const tell = (db: Database, count = 1, onCommit: (entryId: string) => void = () => undefined): Promise<void> =>
  db.write([], (tx) => {
    for (let n = 0; n < count; n++) {
      const data = entry();
      tx.emit(entryGranted, { aggregate: `session:${randomUUID()}`, sequence: 1, orgId: 'bench', data });
      if (n === count - 1) tx.afterCommit(() => onCommit(data.entryId));
    }
    return Promise.resolve();
  });

const sessions = Array.from({ length: 1000 }, () => randomUUID());
let entries = 0;

const entry = () => ({
  sessionId: sessions[entries++ % sessions.length] ?? '',
  sid: `room-${entries % sessions.length}`,
  entryId: randomUUID(),
  clientId: 'bench',
  subscriptionId: randomUUID(),
  name: `Person ${entries}`,
  role: 'guest' as const,
  enteredAt: new Date().toISOString(),
});

/** The ledger of so many events, told but not sent. */
export async function fillLedger(db: Database, count: number): Promise<CloudEvent[]> {
  for (let left = count; left > 0; left -= 500) await tell(db, Math.min(left, 500));
  await db.query('vacuum analyze outbox');
  return (await db.query<{ envelope: string }>('select envelope from outbox order by id')).map(({ envelope }) => JSON.parse(envelope) as CloudEvent);
}
