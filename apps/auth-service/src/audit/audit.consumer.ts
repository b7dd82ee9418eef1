import { Injectable } from '@nestjs/common';
import { actRecorded, callActRecorded, type CloudEvent, type DataOf, sessionActRecorded } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { AuditService } from './audit.service.js';

/** The only one that touches the chains. */
@Injectable()
export class AuditConsumer {
  constructor(private readonly audit: AuditService) {}

  @OnEvent(actRecorded)
  enter({ audit: _audit, ...act }: DataOf<typeof actRecorded>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.audit.enter(tx, orgid, act);
  }

  @OnEvent(sessionActRecorded)
  enterOfSession({ audit: _audit, ...act }: DataOf<typeof sessionActRecorded>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.audit.enter(tx, orgid, act);
  }

  @OnEvent(callActRecorded)
  enterOfCalls({ audit: _audit, ...act }: DataOf<typeof callActRecorded>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.audit.enter(tx, orgid, act);
  }
}
