import type { Access } from '@parley/dto';
import type { Caller, TokenVerifier } from '@parley/jwt';

/** Who verifies which kind of token in this process. A service that makes tokens of its own adds their verifier. */
export class TokenVerifiers {
  private readonly byAccess = new Map<Access, TokenVerifier<Caller>>();

  use(access: Access, verifier: TokenVerifier<Caller>): void {
    this.byAccess.set(access, verifier);
  }

  get(access: Access): TokenVerifier<Caller> {
    const verifier = this.byAccess.get(access);
    if (!verifier) throw new Error(`no verifier for ${access} tokens in this process`);
    return verifier;
  }
}
