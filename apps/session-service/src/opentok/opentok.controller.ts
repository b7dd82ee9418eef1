import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  createOpentokSession, createPublicOpentokSession, createSdkOpentokSession, issueOpentokToken, issuePublicOpentokToken, type OpentokSessionDto, type OpentokTokenIssued, type RequestOf,
} from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { OpentokService } from './opentok.service.js';

@Controller()
export class OpentokController {
  constructor(private readonly opentok: OpentokService) {}

  @Rpc(createOpentokSession)
  create(@Payload() wanted: RequestOf<typeof createOpentokSession>, @Caller() actor: Actor): Promise<OpentokSessionDto> {
    return this.opentok.create(actor, wanted);
  }

  @Rpc(createPublicOpentokSession)
  createPublic(@Payload() wanted: RequestOf<typeof createPublicOpentokSession>): Promise<OpentokSessionDto> {
    return this.opentok.createPublic(wanted);
  }

  @Rpc(createSdkOpentokSession)
  createForSdk(@Payload() wanted: RequestOf<typeof createSdkOpentokSession>): Promise<OpentokSessionDto> {
    return this.opentok.createForSdk(wanted);
  }

  @Rpc(issueOpentokToken)
  issue(@Payload() wanted: RequestOf<typeof issueOpentokToken>, @Caller() actor: Actor): Promise<OpentokTokenIssued> {
    return this.opentok.issue(actor, wanted);
  }

  @Rpc(issuePublicOpentokToken)
  issuePublic(@Payload() wanted: RequestOf<typeof issuePublicOpentokToken>): Promise<OpentokTokenIssued> {
    return this.opentok.issuePublic(wanted);
  }
}
