// A service of your own that hears of sessions. It knows the contracts (@parley/dto) and the event bus; nobody at Parley knows it.
//   DATABASE_URL=postgres://... NATS_URL=nats://... node dist/examples/subscriber/main.js
// It keeps the names of who is in which session now, in a table of its own, and prints them whenever that has changed.
import { entryGranted, participantLeft } from '@parley/dto';
import { EventBus, Handlers } from '@parley/event-bus';
import { baseMigrations, Database, runMigrations } from '@parley/persistence';
import { createLogger, natsOptions } from '@parley/platform';

const { DATABASE_URL: url = '', NATS_URL: natsUrl = '' } = process.env;
const schema = 'presence';

await runMigrations({ url, schema, migrations: baseMigrations }); // inbox, and who of several copies does the work
const db = await Database.connect({ url, schema, entities: [] });
await db.query('create table if not exists present (entry_id text primary key, session_id text not null, name text not null)');

// A handler's effect and the note that it took place are one transaction: it happens once, however often the event comes.
const handlers = new Handlers()
  .add(entryGranted, async ({ entryId, sessionId, name }, tx) => {
    await tx.query('insert into present values ($1, $2, $3)', [entryId, sessionId, name]);
    tx.afterCommit(() => console.log(`${name} is in ${sessionId}`));
  })
  .add(participantLeft, async ({ entryId, sessionId, reason }, tx) => {
    await tx.query('delete from present where entry_id = $1', [entryId]);
    tx.afterCommit(() => console.log(`${entryId} left ${sessionId}: ${reason}`));
  });

const log = createLogger({ name: 'presence', level: 'warn', format: 'json' });
const bus = new EventBus(db, handlers, { name: 'presence', consumes: ['session'], nats: natsOptions(natsUrl, 'presence'), log });
bus.start();
console.log('listening');

process.once('SIGTERM', () => void db.close()); // ends the bus first
