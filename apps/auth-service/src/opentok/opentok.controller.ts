import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { findOpentokSigner, type ReplyOf, type RequestOf, signOpentokToken, verifyOpentokT1 } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { OpentokService } from './opentok.service.js';

@Controller()
export class OpentokController {
  constructor(private readonly opentok: OpentokService) {}

  @Rpc(findOpentokSigner)
  findSigner(@Payload() asked: RequestOf<typeof findOpentokSigner>): Promise<ReplyOf<typeof findOpentokSigner>> {
    return this.opentok.findSigner(asked);
  }

  @Rpc(signOpentokToken)
  sign(@Payload() asked: RequestOf<typeof signOpentokToken>): Promise<ReplyOf<typeof signOpentokToken>> {
    return this.opentok.sign(asked);
  }

  @Rpc(verifyOpentokT1)
  verify(@Payload() asked: RequestOf<typeof verifyOpentokT1>): Promise<ReplyOf<typeof verifyOpentokT1>> {
    return this.opentok.verifyT1(asked);
  }
}
