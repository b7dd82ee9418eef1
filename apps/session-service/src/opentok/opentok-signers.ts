import { Injectable } from '@nestjs/common';
import { findOpentokSigner, type ReplyOf, type RequestInputOf, signOpentokToken, type VerifiedLink, verifyOpentokT1 } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { LinkVerifier } from '../link-kinds/link-verifier.js';

/** What auth-service does with the secrets that OpenTok's tokens are signed with; it alone can open them. */
@Injectable()
export class OpentokSigners {
  constructor(
    private readonly rpc: RpcClient,
    private readonly links: LinkVerifier,
  ) {}

  find(wanted: RequestInputOf<typeof findOpentokSigner>): Promise<ReplyOf<typeof findOpentokSigner>> {
    return this.rpc.call(findOpentokSigner, wanted);
  }

  sign(wanted: RequestInputOf<typeof signOpentokToken>): Promise<ReplyOf<typeof signOpentokToken>> {
    return this.rpc.call(signOpentokToken, wanted);
  }

  /** @throws `opentok.token` */
  verifyT1(token: string): Promise<ReplyOf<typeof verifyOpentokT1>> {
    return this.rpc.call(verifyOpentokT1, { token });
  }

  /** @throws `link.invalid` */
  verifyJwt(token: string): Promise<VerifiedLink> {
    return this.links.verify(token);
  }
}
