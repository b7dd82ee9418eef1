import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource } from 'typeorm';
import type { Pool, QueryResult } from 'pg';
import type { OnceOnly } from '@parley/platform';
import { dataSourceOf } from './data-source.js';
import { databaseUnavailable, deadlinePassed, isConnectionFailure, isRetryable, throwAppError, toAppError } from './database.errors.js';
import { type Kept, OnceWrite } from './idempotency.js';
import { type MigrationClass, migrationName, migrationsTable } from './migrations.js';
import { type Lock, lockCalls } from './locks.js';
import type { Sealer } from './sealer.js';
import { firstCause, sendAhead } from './sent-ahead.js';
import { commit, rollback } from './transaction-end.js';
import { type Lease, LedgerTx, type Query, type ReadTx, type Tx, lazyManager, queryOn } from './transaction.js';

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database */
  url: string;
  /** The service's own schema, also its search_path: SQL names no schema. */
  schema: string;
  entities: Function[];
  /** What `schemaIsCurrent` asks for: the migrations this program was built with. */
  migrations?: MigrationClass[];
  /** Connections of this process; 8 unless told. */
  poolSize?: number;
  /** Longest time for one statement, in ms, where no request's deadline is nearer; 15 s unless told. */
  statementTimeout?: number;
  /** For results that hold a secret and are kept under an Idempotency-Key. */
  sealer?: Sealer;
}

/** How a transaction is run. */
interface Manner {
  once: OnceWrite | undefined;
  waitForLocks: boolean;
}

const STATEMENT_TIMEOUT_MS = 15_000;

/**
 * The transaction draws its xid before anything else: the relay takes an id it can't see for lost once every transaction that had an
 * xid when the id was missed is over, so an id must never be drawn by a transaction that has no xid yet. The timeout is set before
 * the locks are taken because it covers the wait for them.
 */
const beginSql = (timeLeft: number): string =>
  `begin isolation level read committed; select pg_current_xact_id(), set_config('statement_timeout', '${timeLeft}', true)`;

/** Statement timeouts of 0 mean "none" to PostgreSQL. */
const atLeastOne = (ms: number): number => Math.max(1, Math.floor(ms));

/** A service's own PostgreSQL schema: transactions with locks and an outbox, plain reads, TypeORM underneath. */
export class Database {
  /** When the request in hand must be answered (epoch ms); set once, by whoever knows the requests. */
  static deadline: () => number | undefined = () => undefined;
  /** The W3C trace of the request in hand, for the events it causes. */
  static traceparent: () => string | undefined = () => undefined;
  /** The request in hand, if it takes effect once. */
  static once: () => OnceOnly | undefined = () => undefined;

  private readonly listeners: (() => void)[] = [];
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly inside = new AsyncLocalStorage<{ open: boolean }>();

  private constructor(
    readonly dataSource: DataSource,
    private readonly options: DatabaseOptions,
    private readonly statementTimeout: number,
  ) {}

  static async connect(options: DatabaseOptions): Promise<Database> {
    const statementTimeout = options.statementTimeout ?? STATEMENT_TIMEOUT_MS;
    const dataSource = dataSourceOf(options, statementTimeout);
    await dataSource.initialize().catch(throwAppError);
    return new Database(dataSource, options, statementTimeout);
  }

  /**
   * Runs `fn` in one transaction that holds the locks, then commits; the events it told are committed with it. A transaction
   * that PostgreSQL undid for the sake of another is run once more, so `fn` has no effect but on the database. In a request that came
   * before under the same Idempotency-Key `fn` is not run: what it returned then is returned again, and the caller goes on with it.
   * For hot paths `waitForLocks: false`: `fn` is run at once, and its first statement waits for the locks in the server instead.
   * Fails with `unavailable`; with `outcome: "unknown"` if the connection broke while committing.
   */
  async write<T>(locks: readonly Lock[], fn: (tx: Tx) => Promise<T> | T, { waitForLocks = true } = {}): Promise<T> {
    this.refuseNesting();
    const how = { waitForLocks, once: OnceWrite.of(Database.once(), this.options.sealer) };
    try {
      return await this.attempt(locks, fn, how);
    } catch (error) {
      if (!isRetryable(error)) throw toAppError(error);
    }
    return this.attempt(locks, fn, how).catch(throwAppError);
  }

  /** Plain statements on one connection, each seeing what is committed when it starts. */
  async read<T>(fn: (tx: ReadTx) => Promise<T>): Promise<T> {
    this.refuseNesting();
    return this.onConnection((lease) => this.guarded(() => fn(this.readTx(lease)))).catch(throwAppError);
  }

  /** One statement outside any transaction. */
  readonly query: Query = <T>(sql: string, params: unknown[] = []) => this.read((tx) => tx.query<T>(sql, params));

  /** Called after a commit that wrote to the outbox; never awaited, and it must not throw. */
  onCommit(listener: () => void): void {
    this.listeners.push(listener);
  }

  async ping(): Promise<void> {
    await this.query('select 1');
  }

  /** False as long as a migration this program knows is not applied; ones it doesn't know (a newer schema) are fine. */
  async schemaIsCurrent(): Promise<boolean> {
    const [table] = await this.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [`${this.options.schema}.${migrationsTable}`]);
    if (!table?.exists) return false;
    const applied = await this.query<{ name: string }>(`select name from ${migrationsTable}`);
    return (this.options.migrations ?? []).every((migration) => applied.some(({ name }) => name === migrationName(migration)));
  }

  /** For background work that must end while there still is a database, in whatever order the process takes itself apart. */
  beforeClose(closer: () => Promise<void>): void {
    this.closers.push(closer);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.closers.map((closer) => closer()));
    await this.dataSource.destroy();
  }

  private readTx(lease: Lease): ReadTx {
    const manager = lazyManager(this.dataSource, lease.client, false);
    return {
      query: queryOn(lease),
      get manager() {
        return manager();
      },
    };
  }

  private async attempt<T>(locks: readonly Lock[], fn: (tx: Tx) => Promise<T> | T, { once, waitForLocks }: Manner): Promise<T> {
    const { result, emitted, afterwards } = await this.onConnection(async (lease) => {
      const tx = new LedgerTx(lease, lazyManager(this.dataSource, lease.client, true), Database.traceparent());
      try {
        const kept = await this.begin(lease, locks, once);
        if (waitForLocks) await Promise.all(lease.ahead);
        if (kept) await rollback(lease);
        if (kept) return { result: kept.result as T, emitted: false, afterwards: [] };
        const result = await this.guarded(() => fn(tx));
        tx.flush();
        await once?.keep(tx.query, result);
        await commit(lease);
        return { result, emitted: tx.emitted, afterwards: tx.afterwards };
      } catch (error) {
        const cause = await firstCause(lease, error);
        await rollback(lease, cause);
        throw cause;
      }
    });
    once?.committed();
    if (emitted) this.listeners.forEach((listener) => listener());
    afterwards.forEach((work) => work());
    return result;
  }

  /** Whoever comes under a key takes it before all else, so that a repeat waits for no lock. */
  private async begin(lease: Lease, locks: readonly Lock[], once?: OnceWrite): Promise<Kept | undefined> {
    const { client } = lease;
    const claim = once?.claimSql(client);
    const locking = locks.length > 0 ? [`select ${lockCalls(client, locks)}`] : [];
    const begun = sendAhead(lease, () => client.query([beginSql(this.timeLeft()), ...(claim ?? locking)].join('; ')));
    const kept = claim ? once?.earlier((await begun) as unknown as QueryResult[]) : undefined;
    if (claim && !kept) locking.forEach((sql) => void sendAhead(lease, () => client.query(sql)));
    return kept;
  }

  private timeLeft(): number {
    const deadline = Database.deadline();
    if (deadline === undefined) return this.statementTimeout;
    if (deadline <= Date.now()) throw deadlinePassed();
    return atLeastOne(Math.min(deadline - Date.now(), this.statementTimeout));
  }

  /** A second connection for work that already holds one reads beside the transaction, and can wait for itself for ever. */
  private refuseNesting(): void {
    if (this.inside.getStore()?.open) throw new Error('The database was used beside the transaction in hand; use its tx');
  }

  private async guarded<T>(fn: () => Promise<T> | T): Promise<T> {
    const scope = { open: true };
    try {
      return await this.inside.run(scope, fn);
    } finally {
      scope.open = false; // what was started in there and goes on (a timer, a batcher) may use the database
    }
  }

  /** Heard from the moment it is given: the server's last words may come with its first, and unheard they would end the process. */
  private lease(): Promise<{ lease: Lease; onError: (error: Error) => void }> {
    return new Promise((resolve, reject) => {
      this.pool.connect((error, client) => {
        if (!client) return reject(databaseUnavailable(error));
        const lease: Lease = { client, ahead: [] };
        const onError = (failure: Error): void => void (lease.broken = failure);
        client.on('error', onError);
        resolve({ lease, onError });
      });
    });
  }

  private async onConnection<T>(fn: (lease: Lease) => Promise<T>): Promise<T> {
    const { lease, onError } = await this.lease();
    const { client } = lease;
    try {
      return await fn(lease);
    } catch (error) {
      if (isConnectionFailure(error)) lease.broken = error as Error;
      throw error;
    } finally {
      lease.over = true;
      client.off('error', onError);
      client.release(lease.broken);
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}
