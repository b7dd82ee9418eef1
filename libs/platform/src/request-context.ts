import { AsyncLocalStorage } from 'node:async_hooks';

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
  /** The verified caller, where there is one. */
  caller?: unknown;
  /** Whose request it is, as soon as that is known; for the log. */
  orgId?: string | undefined;
}

/** One budget for an HTTP request, nested requests included. Milliseconds. */
export const REQUEST_BUDGET_MS = 2000;

const storage = new AsyncLocalStorage<RequestContext>();

export const currentRequest = (): RequestContext | undefined => storage.getStore();
export const withRequest = <T>(context: RequestContext, work: () => T): T => storage.run(context, work);

/** Notes whose the request in hand is, where no token tells it. */
export function noteOrg(orgId: string): void {
  const context = storage.getStore();
  if (context) context.orgId = orgId;
}
