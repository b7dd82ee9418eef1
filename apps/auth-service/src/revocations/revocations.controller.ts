import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { listRevocations, type ReplyOf, type RequestOf } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { RevocationsService } from './revocations.service.js';

@Controller()
export class RevocationsController {
  constructor(private readonly revocations: RevocationsService) {}

  @Rpc(listRevocations)
  list(@Payload() request: RequestOf<typeof listRevocations>): Promise<ReplyOf<typeof listRevocations>> {
    return this.revocations.list(request);
  }
}
