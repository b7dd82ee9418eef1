import { AsyncLocalStorage } from 'node:async_hooks';

/** A request that its client may send again: it came with an `Idempotency-Key`. */
export interface Idempotency {
  /** SHA-256 of the client's key: who reads it cannot try bodies against the fingerprint. */
  key: string;
  /** HMAC-SHA256 of method, address and body under the client's key: another request under the same key has another one. */
  fingerprint: string;
  /** It has been sent on to where it takes effect. */
  spent?: boolean;
  /** The answer is one that was given before. */
  replayed?: boolean;
}

/** A request whose effect is its first transaction, which keeps its result under the client's key, if there is one. */
export interface OnceOnly {
  orgId: string;
  clientId: string;
  /** The result holds a secret. */
  secret: boolean;
  idempotency?: Idempotency | undefined;
  /** That transaction is over. */
  written?: boolean;
}

/** What travels with one HTTP request through every process that works for it. */
export interface RequestContext {
  requestId: string;
  /** Epoch milliseconds after which nobody waits for the answer. */
  deadline: number;
  /** The caller's `Authorization` value, whole. */
  authorization?: string | undefined;
  traceparent?: string | undefined;
  /** Where the request came from, as far as the gateway knows. */
  clientAddress?: string | undefined;
  idempotency?: Idempotency | undefined;
  /** In the service that takes effect, where the contract is `idempotent`. */
  once?: OnceOnly | undefined;
  /** The verified caller, where there is one. */
  caller?: unknown;
  /** Whose request it is, as soon as that is known; for the log. */
  orgId?: string | undefined;
}

/** One budget for an HTTP request, nested requests included. Milliseconds. */
export const REQUEST_BUDGET_MS = 2000;

const storage = new AsyncLocalStorage<RequestContext | undefined>();

export const currentRequest = (): RequestContext | undefined => storage.getStore();
/** `undefined`: in no request, whatever the one in hand. */
export const withRequest = <T>(context: RequestContext | undefined, work: () => T): T => storage.run(context, work);

/** For what is done for several requests at once. Of one, its own; of several, one that lasts as long as any of them waits, and is a part of nobody's trace. */
export function sharedRequest(ofEach: readonly (RequestContext | undefined)[]): RequestContext | undefined {
  const requests = ofEach.filter((request) => request !== undefined);
  const [first, second] = requests;
  if (!first) return undefined;
  const { requestId, traceparent } = first;
  const deadline = Math.max(...requests.map((request) => request.deadline));
  return { requestId, deadline, ...(second || traceparent === undefined ? {} : { traceparent }) };
}

/** Notes whose the request in hand is, where no token tells it. */
export function noteOrg(orgId: string): void {
  const context = storage.getStore();
  if (context) context.orgId = orgId;
}
