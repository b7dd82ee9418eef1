import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { contextOf } from '../http/request-context.js';
import { idempotencyOf } from './fingerprint.js';
import { badIdempotencyKey } from './idempotency.errors.js';

const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * Reads the `Idempotency-Key` of a POST whose caller is known, for the service that takes effect, and tells by a header that an answer
 * was given before. What a method other than POST does is the same however often it is done.
 */
export class IdempotencyInterceptor implements NestInterceptor {
  /** @throws `idempotency.key` */
  intercept(host: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const key = request.method === 'POST' ? keyOf(request) : undefined;
    if (key === undefined) return next.handle();
    const context = contextOf(request.raw);
    context.idempotency = idempotencyOf(key, { method: request.method, url: request.raw.url ?? '/', body: request.body });
    return next.handle().pipe(
      tap(() => {
        if (context.idempotency?.replayed) void host.switchToHttp().getResponse<FastifyReply>().header('idempotency-replayed', 'true');
      }),
    );
  }
}

function keyOf({ raw }: FastifyRequest): string | undefined {
  const given = raw.headersDistinct['idempotency-key'];
  if (given === undefined) return undefined;
  const [key = '', ...more] = given;
  if (more.length > 0 || !KEY.test(key)) throw badIdempotencyKey();
  return key;
}
