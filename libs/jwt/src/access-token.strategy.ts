import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import type { Actor } from './actor.js';
import { AccessTokenVerifier } from './access-token.js';
import { bearerToken } from './actor.js';
import { tokenMissing } from './jwt.errors.js';

interface HeaderRequest {
  headers: { authorization?: string };
}

/** The methods that passport puts on a strategy for the length of one request. */
interface PassportActions {
  success(actor: Actor): void;
  error(error: unknown): void;
}

/**
 * The gateway's passport-jwt strategy. The signature and claims are judged by the verifier that every service uses, with its
 * memory of tokens seen, so that there is one place to get it right: passport-jwt's own check knows neither `typ` nor `cnf`.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(private readonly verifier: AccessTokenVerifier) {
    super({ jwtFromRequest: fromHeader, secretOrKeyProvider: (_request, _token, done) => done(new Error('the verifier holds the keys')), algorithms: ['ES256'] });
  }

  override authenticate(this: this & PassportActions, request: HeaderRequest): void {
    const token = fromHeader(request);
    if (!token) return this.error(tokenMissing());
    this.verifier.verify(token).then(
      (actor) => this.success(actor),
      (error: unknown) => this.error(error),
    );
  }

  validate(actor: Actor): Actor {
    return actor;
  }
}

const fromHeader = (request: HeaderRequest): string | null => bearerToken(request.headers.authorization) ?? null;
