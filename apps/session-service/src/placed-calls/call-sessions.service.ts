import { Injectable } from '@nestjs/common';
import { findCallSession, type inviteToCall, type ReplyOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { RpcClient } from '@parley/rpc';
import { InvitationLinks } from '../participants/invitation-links.js';
import { callNotFound } from './call-sessions.errors.js';
import { type CallSession, CallSessions } from './call-sessions.js';

type EntryUrls = ReplyOf<typeof inviteToCall>;

/** By which links a placed call is entered. */
@Injectable()
export class CallSessionsService {
  constructor(
    private readonly db: Database,
    private readonly rpc: RpcClient,
    private readonly sessions: CallSessions,
    private readonly links: InvitationLinks,
  ) {}

  /** A call whose news have not come yet is fetched. @throws `call.not_found`; `unavailable` */
  async invite({ orgId }: Actor, callId: string): Promise<EntryUrls> {
    const session = (await this.find(orgId, callId)) ?? (await this.fetch(orgId, callId));
    const [caller, callee] = session.isOver ? [] : await this.links.withLinks(session.parties);
    return { caller: caller?.entryUrl ?? null, callee: callee?.entryUrl ?? null };
  }

  private find(orgId: string, callId: string): Promise<CallSession | undefined> {
    return this.db.read((tx) => this.sessions.find(tx, orgId, callId));
  }

  private async fetch(orgId: string, callId: string): Promise<CallSession> {
    const { call } = await this.rpc.call(findCallSession, { orgId, callId });
    if (!call) throw callNotFound();
    await this.db.write([], (tx) => this.sessions.open(tx, call));
    const opened = await this.find(orgId, callId);
    if (!opened) throw new Error('what was opened is there');
    return opened;
  }
}
