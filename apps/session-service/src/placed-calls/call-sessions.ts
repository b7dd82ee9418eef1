import { Injectable } from '@nestjs/common';
import { callSid, type HowKnown } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';
import { type InvitationDto, invitationDto, newInvitation } from '../participants/invitation.entity.js';
import { InvitationsRepository } from '../participants/invitations.repository.js';
import { ScheduleRepository } from '../schedule/schedule.repository.js';
import { type CallPlan, ScheduledSession } from '../schedule/scheduled-session.entity.js';
import { lockMore, sessionLock } from '../sessions/session-locks.js';
import { LifecycleService } from '../settings/lifecycle.service.js';

/** The session of a call, with its caller and then its callee. */
export interface CallSession {
  isOver: boolean;
  parties: InvitationDto[];
}

/** The sessions that placed calls are, each with its caller and its callee. */
@Injectable()
export class CallSessions {
  constructor(
    private readonly schedule: ScheduleRepository,
    private readonly invitations: InvitationsRepository,
    private readonly lifecycle: LifecycleService,
  ) {}

  /** Undefined: the call is not known here. */
  async find(tx: ReadTx, orgId: string, callId: string): Promise<CallSession | undefined> {
    const sid = callSid(callId);
    const found = await this.schedule.find(tx, orgId, sid);
    if (!found) return undefined;
    const rows = await this.invitations.list(tx, orgId, { sids: [sid], deleted: false });
    const { cancelledAt, endsAt } = found.session.toRow();
    return { isOver: cancelledAt !== null || endsAt <= found.now, parties: rows.map(invitationDto) };
  }

  /** The same call again, by news or because it was asked for, changes nothing. */
  async open(tx: Tx, call: CallPlan): Promise<void> {
    const { orgId, clientId, callId, username, number } = call;
    const sid = callSid(callId);
    await lockMore(tx, [sessionLock(orgId, sid)]);
    if (await this.schedule.find(tx, orgId, sid)) return;
    const now = await this.schedule.now(tx);
    const invite = (name: string, role: 'owner' | 'guest') => newInvitation({ sid, orgId, clientId }, { name, role }, now);
    this.schedule.save(tx, ScheduledSession.ofCall(call));
    this.invitations.insert(tx, [invite(username, 'owner'), invite(number, 'guest')]);
    await this.lifecycle.apply(tx, orgId, sid);
  }

  /** Nobody enters any more, and whoever is in is out; `how` it is known that the call is over. */
  async close(tx: Tx, orgId: string, { callId, endedAt, how }: { callId: string; endedAt: Date; how: HowKnown }): Promise<void> {
    const sid = callSid(callId);
    await lockMore(tx, [sessionLock(orgId, sid)]);
    const found = await this.schedule.find(tx, orgId, sid);
    found?.session.endCall(endedAt);
    if (found) this.schedule.save(tx, found.session);
    await this.lifecycle.end(tx, { orgId, sid }, 'ended', how);
  }
}
