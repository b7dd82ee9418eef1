import type { FastifyReply, FastifyRequest } from 'fastify';
import { REQUEST_BUDGET_MS, requestIdFrom, withRequest } from '@parley/platform';
import { failureBody } from './oauth-error.filter.js';

/** Where another method than these is asked for, the answer is 405 and not 404. */
const methods: Readonly<Record<string, readonly string[]>> = {
  '/oauth/token': ['POST'],
  '/v1/auth/token': ['POST'],
  '/.well-known/jwks.json': ['GET', 'HEAD'],
  '/.well-known/oauth-authorization-server': ['GET', 'HEAD'],
  '/.well-known/openid-configuration': ['GET', 'HEAD'],
};

/** Everything that follows works for this request, within its time. What is not said to be public is not to be kept (RFC 6749, 5.1). */
export function begin(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const requestId = requestIdFrom(request.headers['x-request-id']);
  void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache', 'x-request-id': requestId });
  withRequest({ requestId, deadline: Date.now() + REQUEST_BUDGET_MS }, done);
}

export function refuseMethod(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const allowed = methods[request.url.split('?', 1)[0] ?? ''];
  if (!allowed || allowed.includes(request.method)) return done();
  void reply.code(405).header('allow', allowed.join(', ')).send(failureBody('invalid_request', `The method must be ${allowed[0]}`));
}
