import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { getRefusal, listRefusals, type RefusalDto, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { RefusalsService } from './refusals.service.js';

@Controller()
export class RefusalsController {
  constructor(private readonly refusals: RefusalsService) {}

  @Rpc(listRefusals)
  list(@Payload() request: RequestOf<typeof listRefusals>, @Caller() actor: Actor): Promise<ReplyOf<typeof listRefusals>> {
    return this.refusals.list(actor, request);
  }

  @Rpc(getRefusal)
  get(@Payload() { refusalId }: RequestOf<typeof getRefusal>, @Caller() actor: Actor): Promise<RefusalDto> {
    return this.refusals.get(actor, refusalId);
  }
}
