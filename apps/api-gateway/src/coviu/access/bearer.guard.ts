import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { COVIU_SCOPE } from '@parley/dto';
import { type Actor, scopeMissing } from '@parley/jwt';
import { orgForeign } from '../coviu.errors.js';

interface OrgRequest {
  user: Actor;
  params: { org?: string };
}

/** By access token: verified by passport under the name that `AccessTokenStrategy` has there. */
export const AccessTokenGuard = AuthGuard('access-token');

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
