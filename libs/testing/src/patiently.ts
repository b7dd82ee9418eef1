import { setTimeout as sleep } from 'node:timers/promises';

/** How long it goes on. Milliseconds. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 50;

/**
 * Asks again while the answer is 503, as a client does: that hundreds who come at once get what is theirs must not be a test of how
 * fast the machine is. For requests that may be sent twice.
 */
export async function patiently<A extends { status: number }>(ask: () => Promise<A>): Promise<A> {
  for (const began = performance.now(); ; await sleep(PAUSE_MS)) {
    const answer = await ask();
    if (answer.status !== 503 || performance.now() - began > PATIENCE_MS) return answer;
  }
}
