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

/** Statements after which the server gets to work, though more are to come. */
const PACKET = 32;

/** What is sent from here to the end of this turn of the event loop wakes the server once; if it is much, now and then. */
function inOnePacket(lease: Lease): void {
  const { stream } = (lease.client as unknown as { connection: { stream: Socket } }).connection;
  if (lease.corked && lease.ahead.length % PACKET === 0) stream.uncork();
  else if (lease.corked) return;
  else process.nextTick(() => letGo(lease, stream));
  stream.cork();
  lease.corked = true;
}

function letGo(lease: Lease, stream: Socket): void {
  lease.corked = false;
  stream.uncork();
}

/** Why the transaction failed: by what was sent ahead, unless the connection is gone, which every statement tells alike. */
export async function firstCause({ ahead }: Lease, error: unknown): Promise<unknown> {
  const failed = (await Promise.allSettled(ahead)).find((answer) => answer.status === 'rejected');
  return failed === undefined || isConnectionFailure(failed.reason) ? error : failed.reason;
}
