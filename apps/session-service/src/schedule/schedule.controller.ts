import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  cancelScheduledSession, changeScheduledSession, getScheduledSession, listScheduledSessions, type ReplyOf, type RequestOf, type ScheduledSessionDto, scheduleSession,
} from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { ScheduleService } from './schedule.service.js';

@Controller()
export class ScheduleController {
  constructor(private readonly schedule: ScheduleService) {}

  @Rpc(scheduleSession)
  create(@Payload() request: RequestOf<typeof scheduleSession>, @Caller() actor: Actor): Promise<ScheduledSessionDto> {
    return this.schedule.create(actor, request);
  }

  @Rpc(listScheduledSessions)
  list(@Payload() request: RequestOf<typeof listScheduledSessions>, @Caller() actor: Actor): Promise<ReplyOf<typeof listScheduledSessions>> {
    return this.schedule.list(actor, request);
  }

  @Rpc(getScheduledSession)
  get(@Payload() request: RequestOf<typeof getScheduledSession>, @Caller() actor: Actor): Promise<ScheduledSessionDto> {
    return this.schedule.get(actor, request);
  }

  @Rpc(changeScheduledSession)
  change(@Payload() request: RequestOf<typeof changeScheduledSession>, @Caller() actor: Actor): Promise<ScheduledSessionDto> {
    return this.schedule.change(actor, request);
  }

  @Rpc(cancelScheduledSession)
  cancel(@Payload() { sid }: RequestOf<typeof cancelScheduledSession>, @Caller() actor: Actor): Promise<object> {
    return this.schedule.cancel(actor, sid);
  }
}
