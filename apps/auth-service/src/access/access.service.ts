import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ADMIN_SCOPE, API_AUDIENCE, COVIU_SCOPE, type exchangeOpaqueToken, type ReplyOf } from '@parley/dto';
import { Es256Signer, tokenInvalid } from '@parley/jwt';
import type { JWK } from 'jose';
import { SigningKeysService } from '../keys/signing-keys.service.js';
import { OrgTokensService } from '../org-tokens/org-tokens.service.js';
import { Settings } from '../settings.module.js';
import { OperatorToken } from './operator-token.js';

/** Seconds for which what an opaque token is exchanged for lives; it never leaves the system. */
const LIFETIME = 60;

/** The claims by which such a token says whom it stands for. */
interface Bearer {
  sub: string;
  org_id: string;
  scope: string;
  operator?: true;
}

const operator: Bearer = { sub: 'operator', org_id: '', scope: ADMIN_SCOPE, operator: true };

/** Opaque tokens are known here only: for one request, or a few, they are exchanged for access tokens as everybody else has them. */
@Injectable()
export class AccessService {
  constructor(
    private readonly operatorToken: OperatorToken,
    private readonly orgTokens: OrgTokensService,
    private readonly keys: SigningKeysService,
    private readonly settings: Settings,
  ) {}

  async exchange(token: string): Promise<ReplyOf<typeof exchangeOpaqueToken>> {
    const bearer = await this.bearerOf(token);
    if (!bearer) throw tokenInvalid();
    return { accessToken: await this.sign(bearer), expiresIn: LIFETIME };
  }

  private async bearerOf(token: string): Promise<Bearer | undefined> {
    if (this.operatorToken.is(token)) return operator;
    const found = await this.orgTokens.find(token);
    return found && { sub: found.id, org_id: found.orgId, scope: COVIU_SCOPE };
  }

  private async sign(bearer: Bearer): Promise<string> {
    const [key] = (await this.keys.load()) as (JWK & { kid: string })[];
    if (!key) throw new Error('there is no signing key');
    const signer = await Es256Signer.of(key, 'at+jwt');
    const iat = Math.floor(Date.now() / 1000);
    return signer.sign({ ...bearer, client_id: bearer.sub, iss: this.settings.issuer, aud: API_AUDIENCE, jti: randomUUID(), iat, exp: iat + LIFETIME });
  }
}
