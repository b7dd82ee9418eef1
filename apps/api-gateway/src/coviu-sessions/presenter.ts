import type { Role, ScheduledParticipantDto, ScheduledSessionDto } from '@parley/dto';
import { writeDate } from './dates.js';

const roleName: Readonly<Record<Role, 'HOST' | 'GUEST'>> = { owner: 'HOST', guest: 'GUEST' };

/** As the later Coviu API writes it: plain JSON, no links. `rfc1123`: the form of dates that its session was planned with. */
export const participantJson = ({ participantId, sid, clientId, name, role, picture, state, entryUrl, deletedAt }: ScheduledParticipantDto, rfc1123 = false) => ({
  participant_id: participantId,
  session_id: sid,
  client_id: clientId,
  display_name: name,
  role: roleName[role],
  picture,
  state,
  entry_url: entryUrl,
  deleted_at: deletedAt === null ? null : writeDate(deletedAt, rfc1123),
  coviu_user_id: null,
});
export type ParticipantJson = ReturnType<typeof participantJson>;

export const sessionJson = ({ sid, orgId, clientId, name, startsAt, endsAt, rfc1123, picture, participants, cancelledAt }: ScheduledSessionDto) => ({
  session_id: sid,
  team_id: orgId,
  client_id: clientId,
  session_name: name,
  start_time: writeDate(startsAt, rfc1123),
  end_time: writeDate(endsAt, rfc1123),
  picture,
  participants: participants.map((participant) => participantJson(participant, rfc1123)),
  canceled_time: cancelledAt === null ? null : writeDate(cancelledAt, rfc1123),
  feature_flags: [] as string[],
});
export type SessionJson = ReturnType<typeof sessionJson>;

/** What there is to say of a thing that is gone. */
export const done = () => ({ ok: true });
