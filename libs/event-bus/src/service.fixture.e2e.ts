import { z } from 'zod';
import { event, type Owner } from '@parley/dto';
import { baseMigrations, Database, runMigrations, type Tx } from '@parley/persistence';
import { testDatabase, type TestDatabase } from '@parley/testing';
import { EventBus, type EventBusOptions, type EventLog, Handlers } from './index.js';

/** The event of the specs: step n of a thing. */
export const stepped = event('session', 'stepped', 1, {
  doc: 'A thing went a step.',
  data: z.object({ thing: z.string(), n: z.int() }),
  examples: [{ thing: 'a', n: 1 }],
});
/** Told, and of no interest to anybody. */
export const ignored = event('session', 'ignored', 1, { doc: 'Nobody cares.', data: z.object({}), examples: [{}] });

const TABLES = {
  session: 'create table thing (name text primary key, n int not null)',
  call: 'create table seen (id bigserial primary key, thing text not null, n int not null)',
};
export type TestOwner = keyof typeof TABLES;

/** A handler's own view of its event, before it takes effect; it fails by throwing. */
type Before = (step: { thing: string; n: number }, tx: Tx) => void | Promise<void>;

/** One service of a spec: its database, and as many copies of its bus as wanted. */
export class TestService {
  readonly logged: string[] = [];
  before: Before = () => undefined;
  private copies: { bus: EventBus; db: Database }[] = [];

  private constructor(
    private readonly owner: TestOwner,
    private readonly server: TestDatabase,
    readonly db: Database,
  ) {}

  static async create(owner: TestOwner): Promise<TestService> {
    const server = await testDatabase(owner);
    await runMigrations({ url: server.url, schema: owner, migrations: baseMigrations });
    const db = await Database.connect({ url: server.url, schema: owner, entities: [] });
    await db.query(TABLES[owner]);
    return new TestService(owner, server, db);
  }

  get databaseUrl(): string {
    return this.server.url;
  }

  /** Starts one more copy. */
  async run(nats: EventBusOptions['nats'], consumes: Owner[] = [], more: Partial<EventBusOptions> = {}): Promise<EventBus> {
    const db = await Database.connect({ url: this.server.url, schema: this.owner, entities: [] });
    const bus = new EventBus(db, this.handlers(), { name: this.owner, owner: this.owner, nats, consumes, log: this.log(), ...more });
    this.copies.push({ bus, db });
    bus.start();
    return bus;
  }

  /** As if the process of the first copy were paused: not even a transaction that it has begun goes on. */
  pause(): () => void {
    const db = this.copies[0]?.db;
    if (!db) throw new Error('There is no copy to pause');
    const { query } = db;
    let resume: () => void = () => undefined;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    this.before = () => resumed;
    Object.assign(db, { query: <T>(sql: string, params?: unknown[]) => resumed.then(() => query<T>(sql, params)) });
    return resume;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.copies.splice(0).map(({ db }) => db.close()));
  }

  async drop(): Promise<void> {
    await this.stopAll();
    await this.db.close();
    await this.server.drop();
  }

  /** Takes a thing one step on, through a copy if there is one, and tells it. */
  step(thing: string, db = this.copies[0]?.db ?? this.db): Promise<void> {
    return db.write([thing], (tx) => stepIn(tx, thing));
  }

  /** What took effect here, in the order in which it did. */
  async seen(): Promise<string[]> {
    const rows = await this.db.query<{ thing: string; n: number }>('select thing, n from seen order by id');
    return rows.map(({ thing, n }) => `${thing}${n}`);
  }

  private handlers(): Handlers {
    return new Handlers().add(stepped, async (data, tx) => {
      await this.before(data, tx);
      await tx.query('insert into seen (thing, n) values ($1, $2)', [data.thing, data.n]);
    });
  }

  private log(): EventLog {
    const note = (_fields: object, message: string): void => void this.logged.push(message);
    return { info: note, warn: note, error: note };
  }
}

export async function stepIn(tx: Tx, thing: string): Promise<void> {
  const [row] = await tx.query<{ n: number }>('insert into thing values ($1, 1) on conflict (name) do update set n = thing.n + 1 returning n', [thing]);
  const n = row?.n ?? 0;
  tx.emit(stepped, { aggregate: `thing:${thing}`, sequence: n, orgId: 'org1', data: { thing, n } });
}
