import { type Act, type actRecorded, type callActRecorded, type sessionActRecorded, SYSTEM_ORG } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { type Tx, uuidv7 } from '@parley/persistence';
import { currentRequest } from '@parley/platform';

export interface Done {
  /** Left out where it is about no org. */
  orgId?: string;
  /** `<thing>.<done>` */
  act: string;
  target: Act['target'];
  /** Never a secret. */
  details?: Record<string, unknown>;
}

/** What the process does by itself, or at the command line. */
export const bySystem = (id: string): Act['who'] => ({ kind: 'system', id });

/**
 * Tells the audit log, in the transaction of the act itself: what was not recorded was not done. Each act is an aggregate of its own,
 * so that none waits for another, and no write waits for the chain.
 */
export const recorderOf =
  (contract: typeof actRecorded | typeof callActRecorded | typeof sessionActRecorded) =>
  (tx: Tx, who: Actor | Act['who'], { orgId = SYSTEM_ORG, act, target, details = {} }: Done): void => {
    const request = currentRequest();
    tx.emit(contract, {
      aggregate: `act:${uuidv7()}`,
      sequence: 1,
      orgId,
      data: {
        audit: true,
        act,
        at: new Date().toISOString(),
        who: isActor(who) ? doerOf(who) : who,
        from: request?.clientAddress ?? null,
        requestId: request?.requestId ?? null,
        target,
        details,
      },
    });
  };

const isActor = (who: Actor | Act['who']): who is Actor => who.kind === 'access';

function doerOf({ operator, clientId, subject }: Actor): Act['who'] {
  if (operator) return { kind: 'operator', id: 'operator' };
  return subject === clientId ? { kind: 'client', id: clientId } : { kind: 'user', id: subject };
}
