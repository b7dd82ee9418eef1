import type { AppErrorShape } from '@parley/dto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/path.js';
import { contextOf } from '../http/request-context.js';
import type { FailedRequest } from './dialect.js';
import { dialectOf } from './dialects.js';
import { errorHeaders, statusOf } from './status.js';

/** The one place where a failure becomes an answer. */
export function sendError(error: AppErrorShape, request: FastifyRequest, reply: FastifyReply): void {
  const failed = describe(request);
  const dialect = dialectOf(failed);
  const status = dialect.statusFor?.(error, failed) ?? statusOf(error);
  const { contentType, body, headers } = dialect.render(error, failed, status);
  void reply
    .code(status)
    .headers({ ...errorHeaders(error), ...headers, 'x-request-id': failed.requestId, 'x-content-type-options': 'nosniff' })
    .type(contentType)
    .send(body);
}

function describe({ raw, headers }: FastifyRequest): FailedRequest {
  return { requestId: contextOf(raw).requestId, path: pathOf(raw.url), accept: headers.accept };
}
