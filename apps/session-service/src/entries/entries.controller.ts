import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { changeRole, type EntryDto, heartbeat, leaveSession, listEntries, listPresences, removeEntry, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor, EntryActor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { EntriesService } from './entries.service.js';

@Controller()
export class EntriesController {
  constructor(private readonly entries: EntriesService) {}

  @Rpc(listEntries)
  list(@Payload() request: RequestOf<typeof listEntries>, @Caller() actor: Actor): Promise<ReplyOf<typeof listEntries>> {
    return this.entries.list(actor, request);
  }

  @Rpc(listPresences)
  presences(@Payload() request: RequestOf<typeof listPresences>, @Caller() actor: Actor): Promise<ReplyOf<typeof listPresences>> {
    return this.entries.presences(actor, request);
  }

  @Rpc(changeRole)
  changeRole(@Payload() request: RequestOf<typeof changeRole>, @Caller() actor: Actor): Promise<EntryDto> {
    return this.entries.changeRole(actor, request);
  }

  @Rpc(heartbeat)
  heartbeat(@Payload() place: RequestOf<typeof heartbeat>, @Caller() actor: EntryActor): Promise<EntryDto> {
    return this.entries.heartbeat(actor, place);
  }

  @Rpc(leaveSession)
  leave(@Payload() place: RequestOf<typeof leaveSession>, @Caller() actor: EntryActor): Promise<EntryDto> {
    return this.entries.leave(actor, place);
  }

  @Rpc(removeEntry)
  remove(@Payload() place: RequestOf<typeof removeEntry>, @Caller() actor: Actor): Promise<EntryDto> {
    return this.entries.remove(actor, place);
  }
}
