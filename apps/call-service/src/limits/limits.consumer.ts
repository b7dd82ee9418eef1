import { Injectable } from '@nestjs/common';
import { callRuleChanged, type DataOf } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { LimitsRepository } from './limits.repository.js';

/** Keeps up with the limits, which are auth-service's. */
@Injectable()
export class LimitsConsumer {
  constructor(private readonly limits: LimitsRepository) {}

  @OnEvent(callRuleChanged)
  change(rule: DataOf<typeof callRuleChanged>, tx: Tx): void {
    this.limits.save(tx, rule);
  }
}
