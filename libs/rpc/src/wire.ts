import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { REQUEST_BUDGET_MS, type Idempotency, type RequestContext, requestIdFrom } from '@parley/platform';

/** Names of the NATS headers that travel with a request. */
const REQUEST_ID = 'x-request-id';
const DEADLINE = 'x-deadline';
const AUTHORIZATION = 'authorization';
const TRACEPARENT = 'traceparent';
const CLIENT_ADDRESS = 'x-client-address';
const IDEMPOTENCY_KEY = 'x-idempotency-key';
const FINGERPRINT = 'x-idempotency-fingerprint';

/** How long a request of nobody in particular (a loop, start-up) may take: as long as any. */
export const ownRequest = (): RequestContext => ({ requestId: requestIdFrom(undefined), deadline: Date.now() + REQUEST_BUDGET_MS });

export function toHeaders({ requestId, deadline, authorization, traceparent, clientAddress, idempotency }: RequestContext): MsgHdrs {
  const wire = headers();
  wire.set(REQUEST_ID, requestId);
  wire.set(DEADLINE, String(deadline));
  if (authorization) wire.set(AUTHORIZATION, authorization);
  if (traceparent) wire.set(TRACEPARENT, traceparent);
  if (clientAddress) wire.set(CLIENT_ADDRESS, clientAddress);
  if (idempotency) {
    wire.set(IDEMPOTENCY_KEY, idempotency.key);
    wire.set(FINGERPRINT, idempotency.fingerprint);
  }
  return wire;
}

export function fromHeaders(wire: MsgHdrs | undefined): RequestContext {
  const told = toldIn(wire);
  const deadline = Number(told.get(DEADLINE));
  return {
    requestId: requestIdFrom(told.get(REQUEST_ID)),
    deadline: deadline > 0 ? deadline : Date.now() + REQUEST_BUDGET_MS,
    authorization: told.get(AUTHORIZATION) || undefined,
    traceparent: told.get(TRACEPARENT) || undefined,
    clientAddress: told.get(CLIENT_ADDRESS) || undefined,
    idempotency: idempotencyIn(told),
  };
}

/** Each name with its first value. The client's own `get` looks through all names each time. */
const toldIn = (wire: Iterable<[string, string[]]> = []): Map<string, string | undefined> => new Map([...wire].map(([name, [value]]) => [name, value]));

function idempotencyIn(told: ReturnType<typeof toldIn>): Idempotency | undefined {
  const [key, fingerprint] = [told.get(IDEMPOTENCY_KEY), told.get(FINGERPRINT)];
  return key && fingerprint ? { key, fingerprint } : undefined;
}

/** A reply that was given before, as it travels: whoever sent a key looks for it. */
interface Replay {
  idempotencyReplay: unknown;
}

export const asReplay = (reply: unknown): Replay => ({ idempotencyReplay: reply });

export const isReplay = (reply: unknown): reply is Replay => typeof reply === 'object' && reply !== null && 'idempotencyReplay' in reply;
