import { Injectable } from '@nestjs/common';
import { ADMIN_SCOPE, COVIU_SCOPE, type exchangeOpaqueToken, type ReplyOf } from '@parley/dto';
import { tokenInvalid } from '@parley/jwt';
import type { Guess } from '../guesses/guess.js';
import { Guesses } from '../guesses/guesses.service.js';
import { couldBeOrgToken } from '../org-tokens/org-token.entity.js';
import { OrgTokensService } from '../org-tokens/org-tokens.service.js';
import { OperatorToken } from './operator-token.js';
import { type Bearer, LIFETIME, ShortTokens } from './short-tokens.js';

/** Whoever tries what is no token of an org tries the operator's. */
const operatorGuess: Guess = { secret: 'operator-token', account: 'operator', client: 'operator' };

/** Opaque tokens are known here only: for one request, or a few, they are exchanged for access tokens as everybody else has them. */
@Injectable()
export class AccessService {
  constructor(
    private readonly operatorToken: OperatorToken,
    private readonly orgTokens: OrgTokensService,
    private readonly guesses: Guesses,
    private readonly tokens: ShortTokens,
  ) {}

  /** @throws `token.invalid`, alike for every reason; `too_many_failures` for those who guess at the operator's token */
  async exchange(token: string): Promise<ReplyOf<typeof exchangeOpaqueToken>> {
    const bearer = couldBeOrgToken(token) ? await this.orgBearer(token) : await this.operatorBearer(token);
    if (!bearer) throw tokenInvalid();
    return { accessToken: await this.tokens.sign(bearer), expiresIn: LIFETIME };
  }

  private async operatorBearer(token: string): Promise<Bearer | undefined> {
    if (!this.operatorToken.couldBe(token)) return undefined;
    if (!this.operatorToken.is(token)) return void (await this.guesses.failed(operatorGuess));
    await this.guesses.admit(operatorGuess);
    return { sub: 'operator', org_id: '', scope: ADMIN_SCOPE, operator: true, iat: await this.tokens.now() };
  }

  /** Nobody finds 256 random bits by trying, and it names nobody who could be counted: a wrong one is no guess. */
  private async orgBearer(token: string): Promise<Bearer | undefined> {
    const found = await this.orgTokens.find(token);
    return found && { sub: found.id, org_id: found.orgId, scope: COVIU_SCOPE, iat: found.issuedAt };
  }
}
