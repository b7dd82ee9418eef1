import { applyDecorators, type CanActivate, type ExecutionContext, Header, Injectable, UseGuards } from '@nestjs/common';
import { ADMIN_SCOPE } from '@parley/dto';
import { scopeMissing } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';
import { AccessTokenGuard } from '../coviu/access/bearer.guard.js';
import { OpaqueTokenGuard } from '../opaque-tokens/opaque-token.guard.js';

/** The token opens this API. Which orgs it reaches, auth-service decides. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!user?.scopes.includes(ADMIN_SCOPE)) throw scopeMissing(ADMIN_SCOPE);
    return true;
  }
}

/** For the operator, and for clients that may administer their org. */
export const ForAdmin = (): ClassDecorator & MethodDecorator => applyDecorators(UseGuards(OpaqueTokenGuard, AccessTokenGuard, AdminGuard));

/** What is answered holds a secret (RFC 9111, 5.2.2.5). */
export const NotToBeKept = (): MethodDecorator => Header('cache-control', 'no-store');
