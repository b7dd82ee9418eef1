import { z } from 'zod';
import { event, type EventContract, type Owner } from './contract.js';

const Canary = z.object({ beat: z.int().positive().describe('Counts the canaries of one sender from 1.') });

const canary = (owner: Owner): EventContract<typeof Canary> =>
  event(owner, 'canary-sent', 1, {
    doc: 'Sent by a service to itself every few seconds: that it comes back shows that ledger, relay, stream and consumer work. Nobody else needs it.',
    data: Canary,
    examples: [{ beat: 1 }],
  });

export const authCanarySent = canary('auth');
export const subscriptionCanarySent = canary('subscription');
export const sessionCanarySent = canary('session');
export const callCanarySent = canary('call');

/** The canary of each service. */
export const canarySent: Record<Owner, EventContract<typeof Canary>> = {
  auth: authCanarySent,
  subscription: subscriptionCanarySent,
  session: sessionCanarySent,
  call: callCanarySent,
};
