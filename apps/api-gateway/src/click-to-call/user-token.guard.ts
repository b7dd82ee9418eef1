import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { CALL_SCOPE } from '@parley/dto';
import { AccessTokenVerifier, bearerToken, scopeMissing, tokenInvalid } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';
import { AccessTokenGuard } from '../coviu/access/bearer.guard.js';
import { contextOf } from '../http/request-context.js';
import { formValues, queryValues } from './call-input.js';
import { noUser, tokenPlace, tokenTwice } from './click-to-call.errors.js';
import { TokenCarriage } from './token-carriage.js';

const PARAMETER = 'access_token';

/** Finds the token wherever it may be and puts it where everybody looks for it. */
@Injectable()
export class TokenPlaceGuard implements CanActivate {
  constructor(
    private readonly carriage: TokenCarriage,
    private readonly verifier: AccessTokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const inHeaders = headerTokens(request);
    const inParameters = [...queryValues(request, PARAMETER), ...formValues(request, PARAMETER)];
    const [token, ...others] = new Set([...inHeaders, ...inParameters]);
    if (others.length > 0) throw tokenTwice();
    if (token === undefined) return true;
    if (typeof token !== 'string' || bearerToken(`Bearer ${token}`) !== token) throw tokenInvalid();
    if (inParameters.length > 0) await this.requireCarriage(token);
    request.headers.authorization = `Bearer ${token}`;
    contextOf(request.raw).authorization = request.headers.authorization;
    return true;
  }

  /** Only a token that is good tells whose it is. */
  private async requireCarriage(token: string): Promise<void> {
    const { clientId } = await this.verifier.verify(token);
    if (!(await this.carriage.isAllowed(clientId))) throw tokenPlace();
  }
}

/** `Authentication` is what the original had documented. */
function headerTokens({ headers }: FastifyRequest): string[] {
  const tokens = [headers.authorization, [headers['authentication']].flat()[0]].map(bearerToken);
  return tokens.filter((token) => token !== undefined);
}

/** The token opens this API, and stands for somebody who can have calls. */
@Injectable()
export class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!user?.scopes.includes(CALL_SCOPE)) throw scopeMissing(CALL_SCOPE);
    if (user.subject === user.clientId) throw noUser();
    return true;
  }
}

/** For users, through the applications that they log in to. */
export const ForUser = (): ClassDecorator & MethodDecorator => applyDecorators(UseGuards(TokenPlaceGuard, AccessTokenGuard, UserGuard));
