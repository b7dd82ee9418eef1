import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Put there by the access token's guard. */
    user?: Actor;
  }
}

/** Whom the access token of the request stands for. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().user);
