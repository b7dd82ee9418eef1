import type { Logger } from '@parley/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contextOf } from './request-context.js';

/** One line for each request. Never its address, only the route: addresses hold session links, query strings hold anything. */
export function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { requestId, orgId } = contextOf(request.raw);
  const line = {
    requestId,
    orgId: request.user?.orgId ?? orgId,
    method: request.method,
    route: request.routeOptions?.url ?? '(none)',
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
  };
  if (line.status >= 500) logger.warn(line, 'request');
  else logger.info(line, 'request');
}

export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    logRequest(logger, request, reply);
    done();
  });
}
