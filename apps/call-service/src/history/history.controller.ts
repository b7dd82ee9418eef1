import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { endPlacedCall, type ListOf, listPlacedCalls, type PlacedCallDto, readPlacedCall, readUserStatus, type RequestOf, type UserStatus } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { CallsService } from '../calls/calls.service.js';
import { AdminReach } from './admin-reach.js';
import { HistoryService } from './history.service.js';

/** For administrators: whatever is asked for, first comes whom the caller reaches. */
@Controller()
export class HistoryController {
  constructor(
    private readonly reach: AdminReach,
    private readonly history: HistoryService,
    private readonly calls: CallsService,
  ) {}

  @Rpc(listPlacedCalls)
  list(@Payload() request: RequestOf<typeof listPlacedCalls>, @Caller() actor: Actor): Promise<ListOf<PlacedCallDto>> {
    return this.reach.orgOf(actor, request.orgId).then((orgId) => this.history.list({ ...request, orgId }));
  }

  @Rpc(readPlacedCall)
  read(@Payload() { callId }: RequestOf<typeof readPlacedCall>, @Caller() actor: Actor): Promise<PlacedCallDto> {
    return this.reach.orgOf(actor).then((orgId) => this.history.read(orgId, callId));
  }

  @Rpc(endPlacedCall)
  end(@Payload() { callId }: RequestOf<typeof endPlacedCall>, @Caller() actor: Actor): Promise<PlacedCallDto> {
    return this.reach.orgOf(actor).then((orgId) => this.calls.endFor(actor, orgId, callId));
  }

  @Rpc(readUserStatus)
  status(@Payload() { orgId, user }: RequestOf<typeof readUserStatus>, @Caller() actor: Actor): Promise<UserStatus> {
    return this.reach.orgOf(actor, orgId).then(() => this.history.status(orgId, user));
  }
}
