import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { inviteToCall, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { CallSessionsService } from './call-sessions.service.js';

@Controller()
export class CallSessionsController {
  constructor(private readonly calls: CallSessionsService) {}

  @Rpc(inviteToCall)
  invite(@Payload() { callId }: RequestOf<typeof inviteToCall>, @Caller() actor: Actor): Promise<ReplyOf<typeof inviteToCall>> {
    return this.calls.invite(actor, callId);
  }
}
