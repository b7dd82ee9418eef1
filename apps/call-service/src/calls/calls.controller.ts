import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { findCall, findCallSession, getPlacedCall, type ListOf, listOngoingCalls, type PlacedCallDto, type ReplyOf, reportCallState, type RequestOf, stopCall, type UserCallDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { CallsService } from './calls.service.js';

@Controller()
export class CallsController {
  constructor(private readonly calls: CallsService) {}

  @Rpc(stopCall)
  stop(@Payload() { token }: RequestOf<typeof stopCall>, @Caller() actor: Actor): Promise<UserCallDto> {
    return this.calls.stop(actor, token);
  }

  @Rpc(findCall)
  find(@Payload() { token }: RequestOf<typeof findCall>, @Caller() actor: Actor): Promise<UserCallDto> {
    return this.calls.find(actor, token);
  }

  @Rpc(listOngoingCalls)
  list(@Payload() { after }: RequestOf<typeof listOngoingCalls>, @Caller() actor: Actor): Promise<ListOf<UserCallDto>> {
    return this.calls.listOngoing(actor, after);
  }

  @Rpc(getPlacedCall)
  get(@Payload() { callId }: RequestOf<typeof getPlacedCall>, @Caller() actor: Actor): Promise<PlacedCallDto> {
    return this.calls.get(actor, callId);
  }

  @Rpc(findCallSession)
  session(@Payload() { orgId, callId }: RequestOf<typeof findCallSession>): Promise<ReplyOf<typeof findCallSession>> {
    return this.calls.ofSession(orgId, callId);
  }

  @Rpc(reportCallState)
  report(@Payload() { callId, state }: RequestOf<typeof reportCallState>, @Caller() actor: Actor): Promise<PlacedCallDto> {
    return this.calls.report(actor, callId, state);
  }
}
