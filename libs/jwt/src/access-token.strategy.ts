import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { type Actor, bearerToken, dpopToken } from './actor.js';
import { AccessTokenVerifier } from './access-token.js';
import { PROOF_LIVES, verifyProof } from './dpop.js';
import { proofInvalid, tokenMissing } from './jwt.errors.js';

interface HeaderRequest {
  method: string;
  /** As the client sent it: path and query. */
  originalUrl: string;
  headers: { authorization?: string; dpop?: string | string[] };
}

/** What the strategy has to be told about the place where it stands. */
export abstract class ProofPlace {
  /** Under which clients reach it. */
  abstract readonly origin: string;
  /** True for the first who brings it, wherever, within so many seconds. */
  abstract isFirstUse(id: string, seconds: number): Promise<boolean>;
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
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly place: ProofPlace,
  ) {
    super({ jwtFromRequest: fromHeader, secretOrKeyProvider: (_request, _token, done) => done(new Error('the verifier holds the keys')), algorithms: ['ES256'] });
  }

  override authenticate(this: this & PassportActions, request: HeaderRequest): void {
    this.actorOf(request).then(
      (actor) => this.success(actor),
      (error: unknown) => this.error(error),
    );
  }

  validate(actor: Actor): Actor {
    return actor;
  }

  private async actorOf(request: HeaderRequest): Promise<Actor> {
    const bound = dpopToken(request.headers.authorization);
    if (bound !== undefined) return this.actorWithProof(request, bound);
    const token = fromHeader(request);
    if (token === null) throw tokenMissing();
    return this.verifier.verify(token);
  }

  /** RFC 9449, 7. The proof counts as used only when the token is good: strangers fill no memory. */
  private async actorWithProof({ method, originalUrl, headers: { dpop } }: HeaderRequest, accessToken: string): Promise<Actor> {
    if (typeof dpop !== 'string') throw proofInvalid();
    const { jkt, jti } = await verifyProof(dpop, { method, url: this.place.origin + originalUrl, accessToken });
    const actor = await this.verifier.verifyBound(accessToken, jkt);
    if (!(await this.place.isFirstUse(proofId(jkt, jti), PROOF_LIVES))) throw proofInvalid();
    return actor;
  }
}

const fromHeader = (request: { headers: { authorization?: string } }): string | null => bearerToken(request.headers.authorization) ?? null;

/** A `jti` is its key's own. */
const proofId = (jkt: string, jti: string): string => createHash('sha256').update(`${jkt} ${jti}`).digest('base64url');
