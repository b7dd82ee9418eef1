import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { listUsage, reconcileUsage, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { UsageService } from './usage.service.js';

@Controller()
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @Rpc(listUsage)
  list(@Payload() request: RequestOf<typeof listUsage>, @Caller() actor: Actor): Promise<ReplyOf<typeof listUsage>> {
    return this.usage.list(actor, request);
  }

  @Rpc(reconcileUsage)
  reconcile(@Payload() days: RequestOf<typeof reconcileUsage>, @Caller() actor: Actor): Promise<ReplyOf<typeof reconcileUsage>> {
    return this.usage.reconcile(actor, days);
  }
}
