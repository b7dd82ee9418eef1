import { z } from 'zod';
import { Instant, MAX_PAGE_COUNT, ofOrg, ShortText } from './common.contract.js';
import { event, rpc } from './contract.js';
import { Role } from './session.contract.js';

/** What PostgreSQL and UTF-8 have no form for is no text: NUL, and half of a surrogate pair. */
const LongText = z
  .string()
  .max(2048)
  .regex(/^[^\0]*$/, 'must not contain NUL')
  .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode');

/** A participant of a session of the later Coviu API (coviu.md): someone who is invited, with a link of their own. */
export const ScheduledParticipantDto = z.object({
  participantId: z.uuid(),
  /** `session_id`, which is the `sid` of the session. */
  sid: z.string(),
  clientId: z.string(),
  name: z.string().nullable(),
  role: Role,
  picture: z.string().nullable(),
  state: z.string().nullable(),
  /** The session link of the participant, whole: a credential. */
  entryUrl: z.string(),
  deletedAt: Instant.nullable(),
});
export type ScheduledParticipantDto = z.output<typeof ScheduledParticipantDto>;

/** A session of the later Coviu API: planned, with its window and whoever is invited. */
export const ScheduledSessionDto = z.object({
  /** `session_id`. */
  sid: z.string(),
  orgId: z.string(),
  clientId: z.string(),
  name: z.string().nullable(),
  startsAt: Instant,
  endsAt: Instant,
  /** The dates came in as RFC 1123 has them, and go out so. */
  rfc1123: z.boolean(),
  picture: z.string().nullable(),
  cancelledAt: Instant.nullable(),
  participants: z.array(ScheduledParticipantDto),
});
export type ScheduledSessionDto = z.output<typeof ScheduledSessionDto>;

export const ParticipantInput = z.object({
  name: ShortText.nullable().optional(),
  role: Role.optional(),
  picture: LongText.nullable().optional(),
  state: LongText.nullable().optional(),
});
export type ParticipantInput = z.output<typeof ParticipantInput>;

const dates = { startsAt: Instant, endsAt: Instant, rfc1123: z.boolean() };
const about = { name: ShortText.nullable().optional(), picture: LongText.nullable().optional() };

/** Invitations in one request. */
export const MAX_INVITED_AT_ONCE = 200;

const Id = z.string().max(256);
const OfSession = z.object({ sid: Id });
const OfParticipant = z.object({ participantId: Id });
/** Removed participants are shown as well. */
const withDeleted = { deleted: z.boolean().default(false) };
const Done = z.object({});

export const scheduleSession = rpc('session', 'schedule-session', {
  ...ofOrg,
  idempotent: true,
  doc: 'Plans a session with its participants. Fails with `session.times`.',
  request: z.object({ ...about, ...dates, participants: z.array(ParticipantInput).max(MAX_INVITED_AT_ONCE).default([]) }),
  reply: ScheduledSessionDto,
});

export const listScheduledSessions = rpc('session', 'list-scheduled-sessions', {
  ...ofOrg,
  doc: 'The org’s planned sessions that overlap a time, by their start.',
  request: z.object({
    page: z.int().min(0).default(0),
    count: z.int().min(1).max(MAX_PAGE_COUNT).default(MAX_PAGE_COUNT),
    from: Instant.optional(),
    to: Instant.optional(),
    cancelled: z.boolean().default(false),
    ...withDeleted,
    reverse: z.boolean().default(false),
  }),
  reply: z.object({ items: z.array(ScheduledSessionDto), more: z.boolean() }),
});

export const getScheduledSession = rpc('session', 'get-scheduled-session', {
  ...ofOrg,
  doc: 'A planned session. Fails with `session.not_found`, and with `session.cancelled` (401) if it was cancelled.',
  request: OfSession.extend(withDeleted),
  reply: ScheduledSessionDto,
});

export const changeScheduledSession = rpc('session', 'change-scheduled-session', {
  ...ofOrg,
  doc: 'Changes what was planned. Fails with `session.not_found`, `session.cancelled`, `session.finished`, `session.times`.',
  request: OfSession.extend({ ...about, startsAt: Instant.optional(), endsAt: Instant.optional(), rfc1123: z.boolean().optional() }),
  reply: ScheduledSessionDto,
});

export const cancelScheduledSession = rpc('session', 'cancel-scheduled-session', {
  ...ofOrg,
  doc: 'Cancels a session that has not begun. Fails with `session.not_found`, `session.cancelled`, `session.started`, `session.finished`.',
  request: OfSession,
  reply: Done,
});

export const listScheduledParticipants = rpc('session', 'list-scheduled-participants', {
  ...ofOrg,
  doc: 'Who is invited to a planned session. Fails like `get-scheduled-session`.',
  request: OfSession.extend(withDeleted),
  reply: z.object({ items: z.array(ScheduledParticipantDto), rfc1123: z.boolean() }),
});

export const addScheduledParticipant = rpc('session', 'add-scheduled-participant', {
  ...ofOrg,
  idempotent: true,
  doc: 'Invites someone to a planned session. Fails with `session.not_found`, `session.cancelled`, `session.finished`.',
  request: OfSession.extend(ParticipantInput.shape),
  reply: ScheduledParticipantDto,
});

export const getScheduledParticipant = rpc('session', 'get-scheduled-participant', {
  ...ofOrg,
  doc: 'Someone who is invited. Fails with `participant.not_found`, `session.cancelled`.',
  request: OfParticipant,
  reply: ScheduledParticipantDto,
});

export const changeScheduledParticipant = rpc('session', 'change-scheduled-participant', {
  ...ofOrg,
  doc: 'Changes an invitation; a new role holds at once, also for who is in the session. Fails with `participant.not_found`, `session.cancelled`, `session.finished`.',
  request: OfParticipant.extend(ParticipantInput.shape),
  reply: ScheduledParticipantDto,
});

export const removeScheduledParticipant = rpc('session', 'remove-scheduled-participant', {
  ...ofOrg,
  doc: 'Takes an invitation back: its link stops and who came by it is removed. Fails with `participant.not_found`, `session.cancelled`, `session.finished`.',
  request: OfParticipant,
  reply: Done,
});

const plan = { sid: z.string(), name: z.string().nullable(), startsAt: Instant, endsAt: Instant };
const examplePlan = { sid: '0192f3a1-0000-7000-8000-00000000000a', name: 'Check-up', startsAt: '2026-11-01T09:00:00.000Z', endsAt: '2026-11-01T10:00:00.000Z' };
const invitation = { sid: z.string(), participantId: z.uuid(), clientId: z.string(), name: z.string().nullable(), role: Role };
const exampleInvitation = { sid: examplePlan.sid, participantId: '0192f3a1-0000-7000-8000-00000000000b', clientId: 'key-1', name: 'Ann', role: 'guest' as const };

/** A session was planned. */
export const sessionScheduled = event('session', 'session-scheduled', 1, {
  doc: 'A session was planned for a time.',
  data: z.object({ ...plan, clientId: z.string() }),
  examples: [{ ...examplePlan, clientId: 'key-1' }],
});

/** What was planned is different now. */
export const sessionRescheduled = event('session', 'session-rescheduled', 1, {
  doc: 'A planned session was changed: its name or its time.',
  data: z.object(plan),
  examples: [examplePlan],
});

/** It will not take place. */
export const sessionCancelled = event('session', 'session-cancelled', 1, {
  doc: 'A planned session was cancelled before it began.',
  data: z.object({ sid: z.string(), cancelledAt: Instant }),
  examples: [{ sid: examplePlan.sid, cancelledAt: '2026-10-31T09:00:00.000Z' }],
});

/** Someone is invited. */
export const participantInvited = event('session', 'participant-invited', 1, {
  doc: 'Someone was invited to a planned session.',
  data: z.object(invitation),
  examples: [exampleInvitation],
});

/** Another name or role. */
export const invitationChanged = event('session', 'invitation-changed', 1, {
  doc: 'The name or the role of someone who is invited was changed.',
  data: z.object(invitation),
  examples: [{ ...exampleInvitation, role: 'owner' as const }],
});

/** The invitation does not hold any more. */
export const invitationWithdrawn = event('session', 'invitation-withdrawn', 1, {
  doc: 'An invitation to a planned session was taken back.',
  data: z.object({ sid: z.string(), participantId: z.uuid(), withdrawnAt: Instant }),
  examples: [{ sid: examplePlan.sid, participantId: exampleInvitation.participantId, withdrawnAt: '2026-10-31T09:00:00.000Z' }],
});
