import { Injectable } from '@nestjs/common';
import { type CloudEvent, type DataOf, subscriptionCreated, subscriptionRemoved } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { DoorsService } from './doors.service.js';

/** Finishes what a request could not: a removal whose second half failed is made whole by its event. */
@Injectable()
export class DoorsConsumer {
  constructor(private readonly doors: DoorsService) {}

  @OnEvent(subscriptionCreated)
  open({ subscriptionId, ref, version }: DataOf<typeof subscriptionCreated>, tx: Tx, { orgid }: CloudEvent): void {
    this.doors.open(tx, { orgId: orgid, subscriptionId, ref, version });
  }

  @OnEvent(subscriptionRemoved)
  close({ subscriptionId, ref, version, endSessions }: DataOf<typeof subscriptionRemoved>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.doors.closeIn(tx, { orgId: orgid, subscriptionId, ref, version, endSessions });
  }
}
