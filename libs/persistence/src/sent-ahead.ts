import type { Lease } from './transaction.js';
import { isConnectionFailure } from './database.errors.js';

/**
 * Leaves a statement to its connection, which answers in the order of sending: what is sent behind it needs not wait for it. If it
 * fails, so does all that comes behind it in its transaction, COMMIT included.
 */
export function sendAhead(lease: Lease, answer: Promise<unknown>): void {
  answer.catch(() => undefined); // told by `firstCause`
  lease.ahead.push(answer);
}

/** Why the transaction failed: by what was sent ahead, unless the connection is gone, which every statement tells alike. */
export async function firstCause({ ahead }: Lease, error: unknown): Promise<unknown> {
  const failed = (await Promise.allSettled(ahead)).find((answer) => answer.status === 'rejected');
  return failed === undefined || isConnectionFailure(failed.reason) ? error : failed.reason;
}
