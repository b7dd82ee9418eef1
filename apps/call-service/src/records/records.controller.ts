import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type CallRecordDto, getCall, listCalls, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { RecordsService } from './records.service.js';

@Controller()
export class RecordsController {
  constructor(private readonly records: RecordsService) {}

  @Rpc(listCalls)
  list(@Payload() request: RequestOf<typeof listCalls>, @Caller() actor: Actor): Promise<ReplyOf<typeof listCalls>> {
    return this.records.list(actor, request);
  }

  @Rpc(getCall)
  get(@Payload() { callId }: RequestOf<typeof getCall>, @Caller() actor: Actor): Promise<CallRecordDto> {
    return this.records.get(actor, callId);
  }
}
