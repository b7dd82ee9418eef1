import { z } from 'zod';
import { MAX_LINK_LENGTH } from './auth.contract.js';
import { Capability } from './capability.js';
import { Instant, ofOrg, pageOf, PageRequest } from './common.contract.js';
import { event, rpc } from './contract.js';

export const Role = z.enum(['owner', 'guest']);
export type Role = z.output<typeof Role>;

/** Why an occurrence of a session ended. Closed list. */
export const SessionEndReason = z.enum(['empty', 'ended', 'subscription_removed', 'max_duration', 'owner_gone', 'cancelled', 'last_left', 'window_closed']);
export type SessionEndReason = z.output<typeof SessionEndReason>;

/** Why an entry ended: its person left, was removed, its lease ran out, or its session ended. Closed list. */
export const LeaveReason = z.enum(['left', 'removed', 'lapsed', 'session_ended', 'banned']);
export type LeaveReason = z.output<typeof LeaveReason>;

/** How an end is known: reported by presence or a media plane, declared by a request, or inferred from a lease that ran out. */
export const HowKnown = z.enum(['observed', 'declared', 'inferred']);
export type HowKnown = z.output<typeof HowKnown>;

/** One time that the system granted someone access (coviu.md, Session entries). */
export const EntryDto = z.object({
  entryId: z.uuid(),
  orgId: z.string(),
  /** The occurrence. */
  sessionId: z.uuid(),
  /** The name that the customer gave the session. */
  sid: z.string(),
  clientId: z.string(),
  subscriptionId: z.uuid().nullable(),
  name: z.string(),
  role: Role,
  /** Optional for those who don't know of it. */
  capabilities: z.array(Capability).optional(),
  peerId: z.string(),
  enteredAt: Instant,
  /** Whole in the answer that granted the entry; without its signature everywhere else. */
  accessToken: z.string(),
  leaseUntil: Instant,
  endedAt: Instant.nullable(),
});
export type EntryDto = z.output<typeof EntryDto>;

/** What runs, or last ran, under a `sid`. */
export const SessionDto = z.object({
  sessionId: z.uuid(),
  sid: z.string(),
  orgId: z.string(),
  state: z.enum(['scheduled', 'open', 'ended', 'cancelled']),
  started: Instant,
  ended: Instant.nullable(),
  endReason: SessionEndReason.nullable(),
  /** People with a live lease now. */
  participants: z.int().min(0),
});
export type SessionDto = z.output<typeof SessionDto>;

const ofEntry = { access: 'entry', callers: ['gateway'] } as const;
const ofLink = { access: 'none', callers: ['gateway'], request: z.object({ link: z.string().max(MAX_LINK_LENGTH) }) } as const;
const Sid = z.object({ sid: z.string().min(1).max(256) });
const EntryId = Sid.extend({ entryId: z.string().max(256) });

export const enterByLink = rpc('session', 'enter-by-link', {
  ...ofLink,
  doc: 'Asks for an entry with a session link (C9). Fails with the codes of coviu.md: `link.invalid`, `link.claims`, `link.revoked`, `link.expired`, `link.not_yet_valid`, `subscription.inactive`, `subscription.busy`, `session.full`.',
  reply: EntryDto,
});

export const previewLink = rpc('session', 'preview-link', {
  ...ofLink,
  doc: 'Tells a browser what a session link is for; grants nothing (C9, the page). Fails with `link.invalid` or `link.claims`.',
  reply: z.object({ name: z.string(), role: Role, sid: z.string(), picture: z.string().nullable(), returnUrl: z.string().nullable(), state: z.enum(['waiting', 'open']), participants: z.int().min(0) }),
});

export const listEntries = rpc('session', 'list-entries', {
  ...ofOrg,
  doc: 'The org’s entries in creation order (C7), or those of one subscription (C8), or those of one session name.',
  request: PageRequest.extend({ subscriptionId: z.string().max(256).optional(), sid: z.string().max(256).optional() }),
  reply: pageOf(EntryDto),
});

export const getSession = rpc('session', 'get-session', {
  ...ofOrg,
  doc: 'The latest occurrence under a `sid` (C10). Fails with `session.not_found`.',
  request: Sid,
  reply: SessionDto,
});

export const endSession = rpc('session', 'end-session', {
  ...ofOrg,
  doc: 'Ends a session now for everyone and closes its `sid` to links signed before (C11); idempotent. Fails with `session.not_found`.',
  request: Sid,
  reply: SessionDto,
});

export const heartbeat = rpc('session', 'renew-lease', {
  ...ofEntry,
  doc: 'Proof of life: the lease runs 30 s from now (C12). Fails with `entry.token` (another entry’s token) and `entry.ended`.',
  request: EntryId,
  reply: EntryDto,
});

export const leaveSession = rpc('session', 'leave-session', {
  ...ofEntry,
  doc: 'The person leaves (C13); idempotent. Fails with `entry.token`.',
  request: EntryId,
  reply: EntryDto,
});

export const removeEntry = rpc('session', 'remove-entry', {
  ...ofOrg,
  doc: 'The org removes a person from a session (C13); idempotent. Fails with `entry.not_found`.',
  request: EntryId,
  reply: EntryDto,
});

export const changeRole = rpc('session', 'change-role', {
  ...ofOrg,
  doc: 'Someone who is in a session becomes owner or guest, at once; the same role again changes nothing. Fails with `entry.not_found`, `entry.ended`.',
  request: EntryId.extend({ role: Role }),
  reply: EntryDto,
});

/** Somebody's stay in a session: an entry with what became of it. */
export const PresenceDto = z.object({
  entryId: z.uuid(),
  orgId: z.string(),
  sid: z.string(),
  name: z.string(),
  role: Role,
  joined: Instant,
  /** Null while they are in. */
  left: Instant.nullable(),
  present: z.boolean(),
  leaseUntil: Instant,
  reason: LeaveReason.nullable(),
  how: HowKnown.nullable(),
});
export type PresenceDto = z.output<typeof PresenceDto>;

export const listPresences = rpc('session', 'list-presences', {
  ...ofOrg,
  doc: 'Who is in a session now and who was, in creation order.',
  request: PageRequest.extend(Sid.shape).extend({ present: z.boolean().optional() }),
  reply: pageOf(PresenceDto),
});

export const closeSubscription = rpc('session', 'close-subscription', {
  doc: 'No admission for this subscription commits after the answer. `endSessions`: the session it is in ends.',
  access: 'service',
  callers: ['subscription'],
  request: z.object({ orgId: z.string(), subscriptionId: z.uuid(), ref: z.string(), version: z.int().positive(), endSessions: z.boolean() }),
  reply: z.object({}),
});

const ids = { sessionId: z.uuid(), sid: z.string() };
const exampleIds = { sessionId: '0192f3a1-0000-7000-8000-000000000001', sid: 'room-1' };
const exampleEntry = '0192f3a1-0000-7000-8000-000000000002';

/** An occurrence of a session began. */
export const sessionStarted = event('session', 'session-started', 1, {
  doc: 'The first entry under a `sid` began an occurrence of the session.',
  data: z.object({ ...ids, startedAt: Instant }),
  examples: [{ ...exampleIds, startedAt: '2026-11-01T09:00:00.000Z' }],
});

/** Someone may be in the session from now on. */
export const entryGranted = event('session', 'entry-granted', 1, {
  doc: 'Someone was granted an entry to a session.',
  data: z.object({ ...ids, entryId: z.uuid(), clientId: z.string(), subscriptionId: z.uuid().nullable(), name: z.string(), role: Role, enteredAt: Instant }),
  examples: [
    { ...exampleIds, entryId: exampleEntry, clientId: 'key-1', subscriptionId: null, name: 'Ann', role: 'guest', enteredAt: '2026-11-01T09:00:00.000Z' },
  ],
});

/** Someone who is in the session is owner or guest now. */
export const roleChanged = event('session', 'role-changed', 1, {
  doc: 'Someone who is in a session was given another role.',
  data: z.object({ ...ids, entryId: z.uuid(), role: Role, changedAt: Instant }),
  examples: [{ ...exampleIds, entryId: exampleEntry, role: 'owner', changedAt: '2026-11-01T09:20:00.000Z' }],
});

/** That entry is over. */
export const participantLeft = event('session', 'participant-left', 1, {
  doc: 'An entry ended; `leftAt` is the last moment for which there is proof that the person was there.',
  data: z.object({ ...ids, entryId: z.uuid(), leftAt: Instant, reason: LeaveReason, how: HowKnown }),
  examples: [{ ...exampleIds, entryId: exampleEntry, leftAt: '2026-11-01T09:30:00.000Z', reason: 'left', how: 'declared' }],
});

/** The occurrence is over; everyone in it has had a `participant-left`. */
export const sessionEnded = event('session', 'session-ended', 1, {
  doc: 'An occurrence of a session ended.',
  data: z.object({ ...ids, startedAt: Instant, endedAt: Instant, reason: SessionEndReason }),
  examples: [{ ...exampleIds, startedAt: '2026-11-01T09:00:00.000Z', endedAt: '2026-11-01T09:31:00.000Z', reason: 'empty' }],
});
