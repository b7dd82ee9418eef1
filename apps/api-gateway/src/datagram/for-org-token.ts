import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { tokenMissing } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';
import { AccessTokenGuard, OrgGuard } from '../coviu/access/bearer.guard.js';
import { contextOf } from '../http/request-context.js';
import { OpaqueTokens } from '../opaque-tokens/opaque-tokens.js';
import { isOrgToken, tokenOf } from './authorization.js';

/** From here on the request carries an access token in the usual spelling, whatever it came with. */
@Injectable()
export class OrgTokenGuard implements CanActivate {
  constructor(private readonly tokens: OpaqueTokens) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers, raw } = context.switchToHttp().getRequest<FastifyRequest>();
    const token = tokenOf(headers.authorization);
    if (!token) throw tokenMissing();
    headers.authorization = `Bearer ${isOrgToken(token) ? await this.tokens.exchange(token) : token}`;
    contextOf(raw).authorization = headers.authorization;
    return true;
  }
}

/** For the org itself: its org token, or an access token of one of its clients. */
export const ForOrgToken = (): ClassDecorator & MethodDecorator => applyDecorators(UseGuards(OrgTokenGuard, AccessTokenGuard, OrgGuard));
