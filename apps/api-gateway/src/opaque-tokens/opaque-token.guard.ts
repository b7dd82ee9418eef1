import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { bearerToken } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';
import { contextOf } from '../http/request-context.js';
import { isOpaque, OpaqueTokens } from './opaque-tokens.js';

/** What requests came with that carry an access token by now. */
const exchanged = new WeakMap<IncomingMessage, string>();

export const opaqueTokenOf = (message: IncomingMessage): string | undefined => exchanged.get(message);

/** Put before the access token's guard: from here on the request carries an access token, whatever it came with. */
@Injectable()
export class OpaqueTokenGuard implements CanActivate {
  constructor(private readonly tokens: OpaqueTokens) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers, raw } = context.switchToHttp().getRequest<FastifyRequest>();
    const token = bearerToken(headers.authorization);
    if (token === undefined || !isOpaque(token)) return true;
    exchanged.set(raw, token);
    headers.authorization = `Bearer ${await this.tokens.exchange(token)}`;
    contextOf(raw).authorization = headers.authorization;
    return true;
  }
}
