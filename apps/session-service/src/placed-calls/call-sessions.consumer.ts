import { Injectable } from '@nestjs/common';
import { callEnded, callPlaced, type CloudEvent, type DataOf } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { CallSessions } from './call-sessions.js';

/** A call that is placed can be entered; one that is over can't. */
@Injectable()
export class CallSessionsConsumer {
  constructor(private readonly sessions: CallSessions) {}

  @OnEvent(callPlaced)
  open(call: DataOf<typeof callPlaced>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.sessions.open(tx, { ...call, orgId: orgid, endedAt: null });
  }

  @OnEvent(callEnded)
  close({ callId, endedAt, reason }: DataOf<typeof callEnded>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.sessions.close(tx, orgid, { callId, endedAt: new Date(endedAt), how: reason === 'bridge' ? 'observed' : 'declared' });
  }
}
