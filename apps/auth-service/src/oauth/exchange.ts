import { AsyncLocalStorage } from 'node:async_hooks';
import type { Query, Tx } from '@parley/persistence';
import type { ApiClient } from '../clients/client.entity.js';

/** One visit to the engine: for whom it works, and the transaction in which it does all of it. */
export class Exchange {
  /** What the engine ran into and answered with a mere `server_error`. */
  failure: Error | undefined;
  /** The authorization under which access tokens of this visit are issued, where the engine doesn't know it itself. */
  grantId: string | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly client: ApiClient,
    /** What the client presented. */
    readonly secret: string,
    private readonly tx: Tx,
  ) {}

  /** One statement after the other: the engine asks several things at once, and a transaction has one connection. */
  readonly query: Query = <T>(sql: string, params?: unknown[]): Promise<T[]> => {
    const rows = this.last.then(() => this.tx.query<T>(sql, params));
    this.last = rows.catch(() => undefined);
    return rows;
  };

  afterCommit(work: () => void): void {
    this.tx.afterCommit(work);
  }
}

const storage = new AsyncLocalStorage<Exchange>();

export const withExchange = <T>(exchange: Exchange, work: () => T): T => storage.run(exchange, work);

/** The engine's hooks have no parameter for it; outside a visit nothing of ours may be asked. */
export function currentExchange(): Exchange {
  const exchange = storage.getStore();
  if (!exchange) throw new Error('The engine works inside an exchange only');
  return exchange;
}

/** Keeps the reason of a `server_error` for whoever made the visit. */
export function noteFailure(error: Error): void {
  const exchange = storage.getStore();
  if (exchange) exchange.failure = error;
}
