import type { DataSource, EntityManager } from 'typeorm';
import type { PoolClient } from 'pg';
import type { EventContract } from '@parley/dto';
import { asParameter, type Fact, insertOutbox, type OutboxRow, outboxRow } from './outbox.js';
import { prepared, preparedName } from './prepared.js';
import { sendAhead } from './sent-ahead.js';

/** One statement: its rows (also those of `returning`), bigint columns as numbers, timestamps as Dates. */
export type Query = <T>(sql: string, params?: unknown[]) => Promise<T[]>;

export interface ReadTx {
  query: Query;
  /** TypeORM's manager on the same connection. */
  readonly manager: EntityManager;
}

export interface Tx extends ReadTx {
  /** Tells a fact: it is written to the outbox in this transaction, or the transaction fails. */
  emit<C extends EventContract>(contract: C, fact: Fact<C>): void;
  /**
   * For hot paths: takes the events told so far out, as one JSON parameter for the caller's own statement with
   * `insertOutbox('$n')`. What is taken and not inserted is lost.
   */
  takeEvents(): string;
  /** For hot paths: a statement whose rows nobody needs. COMMIT goes out behind it at once, and tells if it failed. */
  send(sql: string, params: unknown[]): void;
  /**
   * The same for a statement that does many at once: it gets the rows of the whole transaction as one JSON array, `$1`, before COMMIT, behind
   * whatever was gathered before the last of them.
   */
  gather(sql: string, row: unknown): void;
  /** Runs once this transaction has been committed, and never if it was not. Not awaited; it must not throw. */
  afterCommit(work: () => void): void;
}

/** A connection on loan from the pool; a broken one is not given back. */
export interface Lease {
  readonly client: PoolClient;
  /** Statements whose answers nobody waits for before the end. */
  readonly ahead: Promise<unknown>[];
  broken?: Error;
  /** What is sent is held back until the end of this turn of the event loop. */
  corked?: boolean;
  /** Set when the loan ends: a forgotten `await` would otherwise run its statement in somebody else's transaction. */
  over?: boolean;
}

/** Rows of one statement on one connection. */
export const queryOn =
  (lease: Lease): Query =>
  async <T>(sql: string, params: unknown[] = []) => {
    if (lease.over) throw new Error('A transaction was used after its end; an await is missing');
    const name = preparedName(sql);
    return (await (name ? lease.client.query({ name, text: sql, values: params }) : lease.client.query(sql, params))).rows as T[];
  };

/**
 * TypeORM's manager on a connection of ours, made when first asked for: most transactions are SQL only. Inside a transaction
 * the runner must know it, or `manager.save` would begin and commit one of its own, and ours with it.
 */
export function lazyManager(dataSource: DataSource, client: PoolClient, inTransaction: boolean): () => EntityManager {
  let manager: EntityManager | undefined;
  return () => {
    const state = inTransaction ? { isTransactionActive: true, transactionDepth: 1 } : {};
    manager ??= Object.assign(dataSource.createQueryRunner(), { databaseConnection: client, ...state }).manager;
    return manager;
  };
}

const tellSql = prepared('tell events', insertOutbox('$1'));

/** The transaction that `Database.write` hands out; it collects the events. */
export class LedgerTx implements Tx {
  readonly query: Query;
  private told: OutboxRow[] = [];
  private readonly gathered = new Map<string, unknown[]>();
  /** Whether there is anything for the relay, taken by the caller or not. */
  emitted = false;
  readonly afterwards: (() => void)[] = [];

  constructor(
    private readonly lease: Lease,
    private readonly managerOf: () => EntityManager,
    private readonly traceparent: string | undefined,
  ) {
    this.query = queryOn(lease);
  }

  get manager(): EntityManager {
    return this.managerOf();
  }

  emit<C extends EventContract>(contract: C, fact: Fact<C>): void {
    this.told.push(outboxRow(contract, fact, this.traceparent));
    this.emitted = true;
  }

  takeEvents(): string {
    return asParameter(this.told.splice(0));
  }

  send(sql: string, params: unknown[]): void {
    void sendAhead(this.lease, () => this.query(sql, params));
  }

  gather(sql: string, row: unknown): void {
    const rows = this.gathered.get(sql) ?? [];
    rows.push(row);
    this.gathered.delete(sql); // to the end of the map
    this.gathered.set(sql, rows);
  }

  afterCommit(work: () => void): void {
    this.afterwards.push(work);
  }

  /** The last statements before COMMIT. */
  flush(): void {
    this.gathered.forEach((rows, sql) => this.send(sql, [JSON.stringify(rows)]));
    this.gathered.clear();
    if (this.told.length > 0) this.send(tellSql, [this.takeEvents()]);
  }
}
