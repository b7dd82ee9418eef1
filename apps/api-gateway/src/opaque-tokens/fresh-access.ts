import { Injectable } from '@nestjs/common';
import { AccessTokenVerifier, bearerToken } from '@parley/jwt';
import { REQUEST_BUDGET_MS, withRequest } from '@parley/platform';
import type { FastifyRequest } from 'fastify';
import { contextOf } from '../http/request-context.js';
import { opaqueTokenOf } from './opaque-token.guard.js';
import { OpaqueTokens } from './opaque-tokens.js';

/** For requests that take longer than what an opaque token is exchanged for lives: each part of them is let in anew, with a budget of its own. */
@Injectable()
export class FreshAccess {
  constructor(
    private readonly tokens: OpaqueTokens,
    private readonly verifier: AccessTokenVerifier,
  ) {}

  /** @throws `token.invalid` if the token has been revoked or has expired since */
  renewed<T>({ raw }: FastifyRequest, part: () => Promise<T>): Promise<T> {
    const context = { ...contextOf(raw), deadline: Date.now() + REQUEST_BUDGET_MS };
    return withRequest(context, async () => {
      const opaque = opaqueTokenOf(raw);
      const token = opaque === undefined ? (bearerToken(context.authorization) ?? '') : await this.tokens.exchange(opaque);
      await this.verifier.verify(token);
      context.authorization = `Bearer ${token}`;
      return part();
    });
  }
}
