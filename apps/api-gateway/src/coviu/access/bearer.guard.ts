import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { COVIU_SCOPE } from '@parley/dto';
import { type Actor, dpopToken, scopeMissing } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';
import { contextOf } from '../../http/request-context.js';
import { orgForeign } from '../coviu.errors.js';

interface OrgRequest {
  user: Actor;
  params: { org?: string };
}

/**
 * By access token: verified by passport under the name that `AccessTokenStrategy` has there. The services take a token that is bound
 * to a key as they take any other: the proof was for the gateway.
 */
@Injectable()
export class AccessTokenGuard extends AuthGuard('access-token') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers, raw } = context.switchToHttp().getRequest<FastifyRequest>();
    await super.canActivate(context);
    const bound = dpopToken(headers.authorization);
    if (bound !== undefined) contextOf(raw).authorization = `Bearer ${bound}`;
    return true;
  }
}

/** The token opens this API, and if the path names an org, that org. */
@Injectable()
export class OrgGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user, params } = context.switchToHttp().getRequest<OrgRequest>();
    if (!user.scopes.includes(COVIU_SCOPE)) throw scopeMissing(COVIU_SCOPE);
    if (params.org !== undefined && params.org !== user.orgId) throw orgForeign();
    return true;
  }
}

/** For the org itself: its API client with an access token. */
export const ForOrg = (): ClassDecorator & MethodDecorator => applyDecorators(UseGuards(AccessTokenGuard, OrgGuard));
