import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asAppError } from './as-app-error.js';
import { sendError } from './send-error.js';

/** Every failure of a request ends here, whoever threw it. A fault of ours is logged whole; the caller is told that it was one. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const told = asAppError(error);
    if (told.kind === 'internal' && told !== error) this.logger.error({ err: error }, 'request failed');
    sendError(told, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
