import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/persistence';
import type { PlacedCall } from '../calls/placed-call.entity.js';
import { CallsRepository } from '../calls/calls.repository.js';
import { type Presence, PresenceRepository } from './presence.repository.js';

/** People in the session of a call bring the call further: with one of them it rings, with caller and callee it is in progress. */
@Injectable()
export class PresenceService {
  constructor(
    private readonly calls: CallsRepository,
    private readonly presence: PresenceRepository,
  ) {}

  async enter(tx: Tx, orgId: string, { at, ...person }: Presence & { at: Date }): Promise<void> {
    await this.change(tx, { orgId, callId: person.callId }, async (call) => {
      await this.presence.insert(tx, person);
      const roles = await this.presence.rolesOf(tx, person.callId);
      call.advance(tx, roles.length > 1 ? 'in-progress' : 'ringing', at);
    });
  }

  /** The last one to leave ends a call only where that was wished for. */
  async leave(tx: Tx, orgId: string, { callId, entryId, at }: Omit<Presence, 'role'> & { at: Date }): Promise<void> {
    await this.change(tx, { orgId, callId }, async (call) => {
      await this.presence.remove(tx, callId, entryId);
      const roles = await this.presence.rolesOf(tx, callId);
      if (call.state.autoEnd && roles.length === 0) call.end(tx, 'left', { at });
    });
  }

  /** A session may be named like a call that never was, or go on after it: that changes no call. */
  private async change(tx: Tx, { orgId, callId }: { orgId: string; callId: string }, act: (call: PlacedCall) => Promise<void>): Promise<void> {
    const call = await this.calls.findForUpdate(tx, orgId, callId);
    if (!call?.isOngoing) return;
    const before = call.state;
    call.settle(tx);
    if (call.isOngoing) await act(call);
    if (call.state !== before) await this.calls.save(tx, call);
  }
}
