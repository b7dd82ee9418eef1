import { Injectable } from '@nestjs/common';
import { callOfSid, type CloudEvent, type DataOf, entryGranted, participantLeft } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { PresenceService } from './presence.service.js';

/** A call is a session: what happens there moves it. */
@Injectable()
export class PresenceConsumer {
  constructor(private readonly presence: PresenceService) {}

  @OnEvent(entryGranted)
  async enter({ sid, entryId, role, enteredAt }: DataOf<typeof entryGranted>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    const callId = callOfSid(sid);
    if (callId !== undefined) await this.presence.enter(tx, orgid, { callId, entryId, role, at: new Date(enteredAt) });
  }

  @OnEvent(participantLeft)
  async leave({ sid, entryId, leftAt }: DataOf<typeof participantLeft>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    const callId = callOfSid(sid);
    if (callId !== undefined) await this.presence.leave(tx, orgid, { callId, entryId, at: new Date(leftAt) });
  }
}
