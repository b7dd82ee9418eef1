import type { IncomingMessage } from 'node:http';
import { REQUEST_BUDGET_MS, type RequestContext, requestIdFrom, withRequest } from '@parley/platform';
import type { FastifyInstance } from 'fastify';

/** W3C Trace Context. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** By the message of Node, which is the same in every stage of a request, those before Fastify's hooks included. */
const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** What travels with this request through every process that works for it. */
export function contextOf(message: IncomingMessage): RequestContext {
  const known = contexts.get(message);
  if (known) return known;
  const context = newContext(message.headers);
  contexts.set(message, context);
  return context;
}

/** Runs everything that a request causes inside its context. The budget counts from when the body is in, not while it arrives. */
export function carryContext(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw, ip }, reply, done) => {
    const context = contextOf(raw);
    context.clientAddress = ip;
    void reply.headers({ 'x-request-id': context.requestId, 'x-content-type-options': 'nosniff' });
    withRequest(context, done);
  });
  server.addHook('preValidation', ({ raw }, _reply, done) => {
    contextOf(raw).deadline = Date.now() + REQUEST_BUDGET_MS;
    done();
  });
}

function newContext({ authorization, traceparent, ...headers }: IncomingMessage['headers']): RequestContext {
  return {
    requestId: requestIdFrom(headers['x-request-id']),
    deadline: Date.now() + REQUEST_BUDGET_MS,
    authorization,
    traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined,
  };
}
