import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenGuard, OrgGuard } from '../coviu/access/bearer.guard.js';
import { OpaqueTokenGuard } from '../opaque-tokens/opaque-token.guard.js';
import { AnonymousRate } from './anonymous-rate.js';

/** By access token, or by none: whether that is permitted, session-service decides. */
@Injectable()
export class OpentokGuard implements CanActivate {
  private readonly accessToken = new AccessTokenGuard();

  constructor(
    private readonly opaque: OpaqueTokenGuard,
    private readonly org: OrgGuard,
    private readonly rate: AnonymousRate,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers, ip } = context.switchToHttp().getRequest<FastifyRequest>();
    if (headers.authorization === undefined) {
      this.rate.count(ip);
      return true;
    }
    await this.opaque.canActivate(context);
    await this.accessToken.canActivate(context);
    return this.org.canActivate(context);
  }
}
