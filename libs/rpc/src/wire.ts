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
  const deadline = Number(wire?.get(DEADLINE));
  return {
    requestId: requestIdFrom(wire?.get(REQUEST_ID)),
    deadline: deadline > 0 ? deadline : Date.now() + REQUEST_BUDGET_MS,
    authorization: wire?.get(AUTHORIZATION) || undefined,
    traceparent: wire?.get(TRACEPARENT) || undefined,
    clientAddress: wire?.get(CLIENT_ADDRESS) || undefined,
    idempotency: idempotencyIn(wire),
  };
}

function idempotencyIn(wire: MsgHdrs | undefined): Idempotency | undefined {
  const [key, fingerprint] = [wire?.get(IDEMPOTENCY_KEY), wire?.get(FINGERPRINT)];
  return key && fingerprint ? { key, fingerprint } : undefined;
}

/** A reply that was given before, as it travels: whoever sent a key looks for it. */
interface Replay {
  idempotencyReplay: unknown;
}

export const asReplay = (reply: unknown): Replay => ({ idempotencyReplay: reply });

export const isReplay = (reply: unknown): reply is Replay => typeof reply === 'object' && reply !== null && 'idempotencyReplay' in reply;
