import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { AppError, httpStatusOfKind, rateLimitHeaders } from '@parley/dto';
import type { Logger } from '@parley/platform';
import type { FastifyReply } from 'fastify';

/** RFC 6749, 5.2. */
export const failureBody = (error: string, description: string) => ({ error, error_description: description });
export type FailureBody = ReturnType<typeof failureBody>;

/** Every failure on this port as RFC 6749, 5.2, has it: an AppError by its code, what Fastify or Nest refuse by their status. */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.note(error);
    sendFailure(host.switchToHttp().getResponse<FastifyReply>(), error);
  }

  protected note(error: unknown): void {
    if (statusOf(error) >= 500) this.logger.error({ err: error }, 'request failed');
  }
}

export function sendFailure(reply: FastifyReply, error: unknown, render = (body: FailureBody): object | string => body): void {
  const status = statusOf(error);
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="parley"');
  if (status === 503) void reply.header('retry-after', '1');
  if (status === 429 && error instanceof AppError) void reply.headers(rateLimitHeaders(error.details));
  void reply.code(status).send(render(bodyOf(error, status)));
}

function statusOf(error: unknown): number {
  if (error instanceof AppError) return Number(error.details?.['status'] ?? httpStatusOfKind[error.kind]);
  const { status, statusCode } = (error ?? {}) as { status?: number; statusCode?: number };
  return status ?? statusCode ?? 500;
}

function bodyOf(error: unknown, status: number): FailureBody {
  if (status === 503) return failureBody('temporarily_unavailable', 'Try again in a moment');
  if (status >= 500) return failureBody('server_error', 'Something went wrong on our side');
  if (status === 404) return failureBody('not_found', 'There is nothing at this address');
  if (error instanceof AppError) return failureBody(error.code, error.message);
  return failureBody('invalid_request', 'The request is malformed');
}
