import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type LinkRevocationDto, listLinkRevocations, type ReplyOf, type RequestOf, revokeLinks } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { RevocationsService } from './revocations.service.js';

@Controller()
export class RevocationsController {
  constructor(private readonly revocations: RevocationsService) {}

  @Rpc(revokeLinks)
  revoke(@Payload() asked: RequestOf<typeof revokeLinks>, @Caller() actor: Actor): Promise<LinkRevocationDto> {
    return this.revocations.revoke(actor, asked);
  }

  @Rpc(listLinkRevocations)
  list(@Payload() request: RequestOf<typeof listLinkRevocations>, @Caller() actor: Actor): Promise<ReplyOf<typeof listLinkRevocations>> {
    return this.revocations.list(actor, request);
  }
}
