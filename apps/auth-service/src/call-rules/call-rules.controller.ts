import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { confirmAdministrator, findCallRules, readTokenCarriage, type ReplyOf, type RequestOf } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { CallRulesService } from './call-rules.service.js';

@Controller()
export class CallRulesController {
  constructor(private readonly rules: CallRulesService) {}

  @Rpc(findCallRules)
  find(@Payload() request: RequestOf<typeof findCallRules>): Promise<ReplyOf<typeof findCallRules>> {
    return this.rules.find(request);
  }

  @Rpc(confirmAdministrator)
  confirm(@Payload() request: RequestOf<typeof confirmAdministrator>): Promise<ReplyOf<typeof confirmAdministrator>> {
    return this.rules.confirm(request);
  }

  @Rpc(readTokenCarriage)
  carriage(@Payload() request: RequestOf<typeof readTokenCarriage>): Promise<ReplyOf<typeof readTokenCarriage>> {
    return this.rules.carriage(request);
  }
}
