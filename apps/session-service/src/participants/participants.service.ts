import { Injectable } from '@nestjs/common';
import type { addScheduledParticipant, changeScheduledParticipant, ParticipantInput, RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { LeasesService } from '../leases/leases.service.js';
import { ScheduleRepository } from '../schedule/schedule.repository.js';
import type { ScheduledSession } from '../schedule/scheduled-session.entity.js';
import { sessionLock } from '../sessions/session-locks.js';
import { changedInvitation, type InvitationDto, invitationDto, type InvitationRow, newInvitation, personOfInvitation } from './invitation.entity.js';
import { InvitationsRepository } from './invitations.repository.js';
import { participantNotFound } from './participants.errors.js';

/** An invitation that may be changed, under the lock of its session. */
interface Open {
  invitation: InvitationRow;
  session: ScheduledSession;
  now: Date;
}

/** Who is invited to planned sessions; without their links, which are signed when they are told. */
@Injectable()
export class ParticipantsService {
  constructor(
    private readonly db: Database,
    private readonly invitations: InvitationsRepository,
    private readonly schedule: ScheduleRepository,
    private readonly leases: LeasesService,
  ) {}

  /** `rfc1123`: how the dates of their session are written. */
  list({ orgId }: Actor, { sid, deleted }: { sid: string; deleted: boolean }): Promise<{ items: InvitationDto[]; rfc1123: boolean }> {
    return this.db.read(async (tx) => {
      const { session } = await this.schedule.get(tx, orgId, sid);
      const { rfc1123 } = session.requireKept().toRow();
      const rows = await this.invitations.list(tx, orgId, { sids: [sid], deleted });
      return { items: rows.map(invitationDto), rfc1123 };
    });
  }

  add({ orgId, clientId }: Actor, { sid, ...input }: RequestOf<typeof addScheduledParticipant>): Promise<InvitationDto> {
    return this.db.write([sessionLock(orgId, sid)], async (tx) => {
      const { session, now } = await this.schedule.get(tx, orgId, sid);
      const row = newInvitation({ sid, orgId, clientId }, input, now);
      session.requireOpen(now).invite(tx, row);
      this.schedule.save(tx, session);
      this.invitations.insert(tx, [row]);
      return invitationDto(row);
    });
  }

  get({ orgId }: Actor, participantId: string): Promise<InvitationDto> {
    return this.db.read(async (tx) => {
      const invitation = requireHeld(await this.invitations.get(tx, orgId, participantId));
      (await this.schedule.get(tx, orgId, invitation.sid)).session.requireKept();
      return invitationDto(invitation);
    });
  }

  /** A new role holds at once, also for who came by the invitation already. */
  change(actor: Actor, { participantId, ...input }: RequestOf<typeof changeScheduledParticipant>): Promise<InvitationDto> {
    return this.underLock(actor, participantId, (tx, open) => this.changed(tx, open, input));
  }

  /** The link stops, and who came by it is removed. */
  remove(actor: Actor, participantId: string): Promise<object> {
    return this.underLock(actor, participantId, async (tx, { invitation, session, now }) => {
      session.withdraw(tx, invitation, now);
      this.schedule.save(tx, session);
      await this.invitations.save(tx, { ...invitation, deletedAt: now });
      await this.leases.endMatching(tx, { match: peopleOf(invitation), reason: 'removed' });
      return {};
    });
  }

  private async changed(tx: Tx, { invitation, session }: Open, input: ParticipantInput): Promise<InvitationDto> {
    const after = changedInvitation(invitation, input);
    session.changeInvitation(tx, after);
    this.schedule.save(tx, session);
    await this.invitations.save(tx, after);
    if (after.role !== invitation.role) await this.leases.changeRoleOf(tx, { match: peopleOf(invitation), role: after.role });
    return invitationDto(after);
  }

  /** The session of an invitation never changes, so it may be looked up before it is locked. */
  private async underLock<T>({ orgId }: Actor, participantId: string, work: (tx: Tx, open: Open) => Promise<T>): Promise<T> {
    const { sid } = await this.db.read((tx) => this.invitations.get(tx, orgId, participantId));
    return this.db.write([sessionLock(orgId, sid)], async (tx) => {
      const invitation = requireHeld(await this.invitations.get(tx, orgId, participantId));
      const { session, now } = await this.schedule.get(tx, orgId, sid);
      return work(tx, { invitation, session: session.requireOpen(now), now });
    });
  }
}

/** One that was removed is found by nobody who does not ask for removed ones. */
function requireHeld(invitation: InvitationRow): InvitationRow {
  if (invitation.deletedAt) throw participantNotFound();
  return invitation;
}

/** Who came by the invitation, and is in the session. */
const peopleOf = ({ orgId, sid, participantId }: InvitationRow) => ({ orgId, sid, people: [personOfInvitation(participantId)] });
