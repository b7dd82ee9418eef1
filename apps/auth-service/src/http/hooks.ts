import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { REQUEST_BUDGET_MS, requestIdFrom, withRequest } from '@parley/platform';
import { failureBody } from './oauth-error.filter.js';

/**
 * Where another method than these is asked for, the answer is 405 and not 404. HEAD promises to change nothing (RFC 9110, 9.2.1): it is
 * not served where a GET gives or ends something.
 */
const methods: Readonly<Record<string, readonly string[]>> = {
  '/oauth/token': ['POST', 'GET'],
  '/oauth/introspect': ['POST'],
  '/oauth/revoke': ['POST'],
  '/oauth/par': ['POST'],
  '/oauth/device': ['POST'],
  '/oauth/auth': ['GET', 'POST'],
  '/oauth/auth/:uid': ['GET'],
  '/auth/device': ['GET', 'HEAD', 'POST'],
  '/auth/device/:uid': ['GET'],
  '/auth/login': ['GET', 'HEAD', 'POST'],
  '/auth/login/:uid': ['GET', 'HEAD', 'POST'],
  '/auth/grant': ['GET', 'POST'],
  '/auth/grant/:uid': ['GET', 'HEAD', 'POST'],
  '/auth/logout': ['GET'],
  '/test': ['GET', 'HEAD'],
  '/v1/auth/token': ['POST'],
  '/.well-known/jwks.json': ['GET', 'HEAD'],
  '/.well-known/oauth-authorization-server': ['GET', 'HEAD'],
  '/.well-known/openid-configuration': ['GET', 'HEAD'],
};

const WITH_UID = /^(\/oauth\/auth|\/auth\/(?:login|grant|device))\/[^/]+$/;

/** Everything that follows works for this request, within its time. What is not said to be public is not to be kept (RFC 6749, 5.1). */
export function begin(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const requestId = requestIdFrom(request.headers['x-request-id']);
  void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache', 'x-request-id': requestId });
  withRequest({ requestId, deadline: Date.now() + REQUEST_BUDGET_MS, clientAddress: addressOf(request) }, done);
}

/** Whatever a request says of where it knocked: addresses and cookies are those of the issuer, an origin. */
export function pinOrigin(issuer: string): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  const { host, protocol } = new URL(issuer);
  return ({ raw }, _reply, done) => {
    raw.headers.host = host;
    raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    delete raw.headers['x-forwarded-host'];
    done();
  };
}

/** The gateway, which alone reaches this port, overwrites the header with what it knows (`PARLEY_TRUST_PROXY`). */
function addressOf({ headers, ip }: FastifyRequest): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '');
  return isIP(forwarded) ? forwarded : ip;
}

export function refuseMethod(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = methods[path.replace(WITH_UID, '$1/:uid')];
  if (!allowed || allowed.includes(request.method)) return done();
  void reply.code(405).header('allow', allowed.join(', ')).send(failureBody('invalid_request', `The method must be ${allowed[0]}`));
}
