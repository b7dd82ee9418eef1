import { commitUnknown, databaseUnavailable, isConnectionFailure } from './database.errors.js';
import type { Lease } from './transaction.js';

/** COMMIT of a transaction in which a statement failed answers ROLLBACK, without any error. */
export async function commit(lease: Lease): Promise<void> {
  if (lease.broken) throw databaseUnavailable(lease.broken); // nothing was sent, so nothing is unknown
  const { command } = await lease.client.query('commit').catch((error: unknown): never => {
    if (!isConnectionFailure(error)) throw error;
    lease.broken = error as Error;
    throw commitUnknown(error);
  });
  if (command !== 'COMMIT') throw new Error('A statement failed, its error was swallowed, and the transaction was rolled back');
  await Promise.all(lease.ahead); // answered by now; one that never got as far as the server does not fail the transaction
}

/** A connection whose transaction can't be undone is thrown away; PostgreSQL then undoes it. */
export async function rollback(lease: Lease, reason?: unknown): Promise<void> {
  if (lease.broken || isConnectionFailure(reason)) return;
  await lease.client.query('rollback').catch((error: unknown) => {
    lease.broken = error instanceof Error ? error : new Error('rollback failed');
  });
}
