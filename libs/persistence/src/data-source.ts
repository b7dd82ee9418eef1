import { DataSource } from 'typeorm';
import pg from 'pg';
import type { DatabaseOptions } from './database.js';

/** The variable is libpq's, in seconds; a pool's own queue counts as well. */
const CONNECT_TIMEOUT_MS = Number(process.env['PGCONNECT_TIMEOUT'] ?? 3) * 1000;
/** How much later than the server we give up ourselves: only for a server that no longer answers at all. */
const SILENCE_MS = 5_000;
/** A paused process must not keep its locks: between two statements nobody of us waits for anything. */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** The bigints of this system are counters and sizes far below 2^53; one that isn't is a fault and must not be rounded. */
const safeInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`);
  return value;
};

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === (pg.types.builtins.INT8 as number) ? safeInteger : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
};

/** The pool of a service's connections, with TypeORM above it. */
export const dataSourceOf = (options: DatabaseOptions, statementTimeout: number): DataSource =>
  new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    entities: options.entities,
    poolSize: options.poolSize ?? 8,
    applicationName: `parley-${options.schema}`,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    installExtensions: false,
    logging: false,
    extra: {
      types,
      keepAlive: true,
      pipeline: true,
      options: `-c search_path=${options.schema}`,
      statement_timeout: statementTimeout,
      query_timeout: statementTimeout + SILENCE_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
  });
