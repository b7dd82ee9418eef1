/**
 * A service of its own that hears every event and notes each effect in a table without any constraint: what takes effect twice stands
 * there twice. It also notes who is the leader at that moment: it must be the copy that writes. Events of a poisoned session fail.
 */
import * as dto from '@parley/dto';
import { AppError, canarySent, type CloudEvent, type EventContract, type Owner } from '@parley/dto';
import { EventBus, Handlers } from '@parley/event-bus';
import { baseMigrations, Database, runMigrations, type Tx } from '@parley/persistence';
import { createLogger, natsOptions } from '@parley/platform';
import { pausePoint } from '../probe.js';

const { DATABASE_URL: url = '', NATS_URL: natsUrl = '' } = process.env;
const schema = 'witness';
const owners: Owner[] = ['auth', 'subscription', 'session', 'call'];
const canaries = new Set(owners.map((owner) => canarySent[owner].subject));
const isEvent = (value: unknown): value is EventContract => typeof value === 'object' && value !== null && 'type' in value && value.type === 'event';
const contracts = (Object.values(dto) as unknown[]).filter(isEvent).filter(({ subject }) => !canaries.has(subject));

const TABLES = `
create table if not exists seen (
  id bigserial primary key, event_id uuid not null, aggregate text not null, sequence bigint not null,
  pid int not null, leader text
);
create index if not exists seen_event on seen (event_id);
create table if not exists poison (org_id text not null, name text not null);`;

const NOTE = `insert into seen (event_id, aggregate, sequence, pid, leader)
  values ($1, $2, $3, $4, (select holder from leader where name = $5))`;

await runMigrations({ url, schema, migrations: baseMigrations });
const db = await Database.connect({ url, schema, entities: [] });
await db.query(TABLES);

async function note(owner: Owner, event: CloudEvent, tx: Tx): Promise<void> {
  await pausePoint('slow effects', 20);
  const poison = await tx.query('select from poison where org_id = $1 and position(name in $2) > 0', [event.orgid, JSON.stringify(event.data)]);
  await tx.query(NOTE, [event.id, event.subject, event.sequence, process.pid, `consumer ${owner}`]);
  if (poison.length > 0) throw new AppError('not_found', 'witness.poisoned', 'This event is not wanted yet.');
}

const handlers = contracts.reduce((all, contract) => all.add(contract, (_, tx, event) => note(contract.owner, event, tx)), new Handlers());
const log = createLogger({ name: 'witness', level: 'info', format: 'json' });
const retry = { firstMs: 250, longestMs: 1_000, tries: 1_000 };
const bus = new EventBus(db, handlers, { name: 'witness', consumes: owners, nats: natsOptions(natsUrl, 'witness'), log, retry });
bus.start();
process.send?.({ type: 'ready' });

process.once('SIGTERM', () => void db.close().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(1));
