import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type RequestOf, type RevokedDto, revokeTokens } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { RevokingService } from './revoking.service.js';

@Controller()
export class RevokingController {
  constructor(private readonly revoking: RevokingService) {}

  @Rpc(revokeTokens)
  revoke(@Payload() { orgId, wish }: RequestOf<typeof revokeTokens>, @Caller() actor: Actor): Promise<RevokedDto> {
    return this.revoking.revoke(actor, orgId, wish);
  }
}
