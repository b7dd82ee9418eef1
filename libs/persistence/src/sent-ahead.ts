import type { Socket } from 'node:net';
import type { Lease } from './transaction.js';
import { isConnectionFailure } from './database.errors.js';

/**
 * Leaves a statement to its connection, which answers in the order of sending: what is sent behind it needs not wait for it. If it
 * fails, so does all that comes behind it in its transaction, COMMIT included.
 */
export function sendAhead<T>(lease: Lease, send: () => Promise<T>): Promise<T> {
  inOnePacket(lease);
  const answer = send();
  answer.catch(() => undefined); // told by `firstCause`
  lease.ahead.push(answer);
  return answer;
}

/** What is sent from here to the end of this turn of the event loop wakes the server once. */
function inOnePacket({ client }: Lease): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Why the transaction failed: by what was sent ahead, unless the connection is gone, which every statement tells alike. */
export async function firstCause({ ahead }: Lease, error: unknown): Promise<unknown> {
  const failed = (await Promise.allSettled(ahead)).find((answer) => answer.status === 'rejected');
  return failed === undefined || isConnectionFailure(failed.reason) ? error : failed.reason;
}
