import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError, COVIU_SCOPE } from '@parley/dto';
import { AccessTokenVerifier, type Actor } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';
import { decodeProtectedHeader } from 'jose';
import { contextOf } from '../http/request-context.js';
import { OpaqueTokens } from '../opaque-tokens/opaque-tokens.js';
import { isOrgToken, tokenOf } from './authorization.js';

/**
 * For anybody. Who shows a good token of an org is that org; what else an `Authorization` holds, a bad one of an org included, counts as
 * an alias JWT, and the alias decides (datagram-link.md, A1).
 */
@Injectable()
export class ShownGuard implements CanActivate {
  constructor(
    private readonly tokens: OpaqueTokens,
    private readonly verifier: AccessTokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const actor = await this.actorOf(request).catch(nobodyIfRefused);
    if (actor?.scopes.includes(COVIU_SCOPE)) request.user = actor;
    return true;
  }

  private async actorOf({ headers, raw }: FastifyRequest): Promise<Actor | undefined> {
    const token = tokenOf(headers.authorization) ?? '';
    if (!isOrgToken(token) && !isAccessToken(token)) return undefined;
    const accessToken = isOrgToken(token) ? await this.tokens.exchange(token) : token;
    const actor = await this.verifier.verify(accessToken);
    contextOf(raw).authorization = `Bearer ${accessToken}`;
    return actor;
  }
}

/** By what it says of itself; the verifier believes nothing. */
function isAccessToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === 'at+jwt';
  } catch {
    return false;
  }
}

function nobodyIfRefused(error: unknown): undefined {
  if (error instanceof AppError && error.kind === 'unauthenticated') return undefined;
  throw error;
}
