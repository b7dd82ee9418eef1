import type { ParticipantInput, Role, ScheduledParticipantDto } from '@parley/dto';
import { uuidv7 } from '@parley/persistence';

/** A row of the table, its columns in our names: someone who is invited to a planned session. */
export interface InvitationRow {
  participantId: string;
  sid: string;
  orgId: string;
  clientId: string;
  name: string | null;
  role: Role;
  picture: string | null;
  state: string | null;
  createdAt: Date;
  deletedAt: Date | null;
}

/** Where someone is invited, and by whom. */
export interface InvitationPlace {
  sid: string;
  orgId: string;
  clientId: string;
}

export const newInvitation = ({ sid, orgId, clientId }: InvitationPlace, { name, role, picture, state }: ParticipantInput, now: Date): InvitationRow => ({
  participantId: uuidv7(),
  sid,
  orgId,
  clientId,
  name: name ?? null,
  role: role ?? 'guest',
  picture: picture ?? null,
  state: state ?? null,
  createdAt: now,
  deletedAt: null,
});

/** What is not mentioned stays. */
export const changedInvitation = (row: InvitationRow, { name = row.name, role = row.role, picture = row.picture, state = row.state }: ParticipantInput): InvitationRow => ({
  ...row,
  name,
  role,
  picture,
  state,
});

/** The person that admission knows them as: whoever comes by the invitation. */
export const personOfInvitation = (participantId: string): string => `sub:${participantId}`;

/** Everything but the link, which is not kept anywhere: it is signed when it is told. As JSON, so that it can be kept with an answer. */
export type InvitationDto = Omit<ScheduledParticipantDto, 'entryUrl'> & { orgId: string; createdAt: string };

export const invitationDto = ({ createdAt, deletedAt, ...row }: InvitationRow): InvitationDto => ({
  ...row,
  createdAt: createdAt.toISOString(),
  deletedAt: deletedAt?.toISOString() ?? null,
});
