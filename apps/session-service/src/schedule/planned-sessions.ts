import { Injectable } from '@nestjs/common';
import type { ScheduledSessionDto } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';
import { type InvitationDto, invitationDto, type InvitationRow } from '../participants/invitation.entity.js';
import { InvitationLinks } from '../participants/invitation-links.js';
import { InvitationsRepository } from '../participants/invitations.repository.js';
import { ScheduleRepository } from './schedule.repository.js';
import type { PlanDto, ScheduledSession } from './scheduled-session.entity.js';

/** A planned session with who is invited, before they get their links. As JSON, so that it can be kept with an answer. */
export interface Planned {
  plan: PlanDto;
  invitations: InvitationDto[];
}

/** Planned sessions together with those who are invited. */
@Injectable()
export class PlannedSessions {
  constructor(
    private readonly schedule: ScheduleRepository,
    private readonly invitations: InvitationsRepository,
    private readonly links: InvitationLinks,
  ) {}

  insert(tx: Tx, session: ScheduledSession, rows: readonly InvitationRow[]): Planned {
    rows.forEach((row) => session.invite(tx, row));
    this.schedule.save(tx, session);
    this.invitations.insert(tx, rows);
    return { plan: session.toDto(), invitations: rows.map(invitationDto) };
  }

  /** `deleted`: with those whose invitation was taken back. */
  async complete(tx: ReadTx, orgId: string, { sessions, deleted }: { sessions: readonly ScheduledSession[]; deleted: boolean }): Promise<Planned[]> {
    const rows = await this.invitations.list(tx, orgId, { sids: sessions.map(({ sid }) => sid), deleted });
    return sessions.map((session) => ({ plan: session.toDto(), invitations: rows.filter(({ sid }) => sid === session.sid).map(invitationDto) }));
  }

  /** Everybody gets their link. Not inside a transaction. */
  async toDto(planned: Planned | undefined): Promise<ScheduledSessionDto> {
    if (!planned) throw new Error('what was found or changed is told');
    return { ...planned.plan, participants: await this.links.withLinks(planned.invitations) };
  }
}
