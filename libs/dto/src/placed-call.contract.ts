import { z } from 'zod';
import { CALL_SCOPE, listOf, ListPage, ofAdmin } from './admin.contract.js';
import { Instant, ofOrg } from './common.contract.js';
import { event, rpc } from './contract.js';

/** Where a placed call stands. The first three are ongoing, the others final. */
export const ongoingStates = ['queued', 'ringing', 'in-progress'] as const;
export const finalStates = ['completed', 'busy', 'failed', 'no-answer', 'canceled'] as const;
export const CallState = z.enum([...ongoingStates, ...finalStates]);
export type CallState = z.output<typeof CallState>;

/** Why a call is over: its user stopped it, an administrator did, a telephony bridge said so, it reached its longest time, everybody left. Closed list. */
export const CallEndReason = z.enum(['stopped', 'admin', 'bridge', 'expired', 'left']);
export type CallEndReason = z.output<typeof CallEndReason>;

/** What a bridge may report: everything but that a call was made. */
export const BridgeState = CallState.exclude(['queued']);
export type BridgeState = z.output<typeof BridgeState>;

const CALL_SID = 'call:';
/** The session that a call is. */
export const callSid = (callId: string): string => `${CALL_SID}${callId}`;
/** Whose session it is; undefined if it is no call's. */
export const callOfSid = (sid: string): string | undefined => (sid.startsWith(CALL_SID) ? sid.slice(CALL_SID.length) : undefined);

/** A call that an application placed for a user. */
export const PlacedCallDto = z.object({
  callId: z.uuid(),
  orgId: z.string(),
  userId: z.string(),
  username: z.string(),
  clientId: z.string(),
  number: z.string(),
  state: CallState,
  /** People who have left end it. */
  autoEnd: z.boolean(),
  placedAt: Instant,
  /** When both were in for the first time, or the bridge said so. */
  answeredAt: Instant.nullable(),
  /** When it ends if nobody ends it. */
  expiresAt: Instant,
  endedAt: Instant.nullable(),
  endReason: CallEndReason.nullable(),
  /** Whole seconds from `placedAt` to `endedAt`, of an ongoing one to now. */
  durationSeconds: z.int().min(0),
});
export type PlacedCallDto = z.output<typeof PlacedCallDto>;

/** With the handle that its user's applications know it by. */
export const UserCallDto = PlacedCallDto.extend({ token: z.string() });
export type UserCallDto = z.output<typeof UserCallDto>;

const ofUser = { access: 'access', scope: CALL_SCOPE, callers: ['gateway'] } as const;
const CallId = z.object({ callId: z.string().max(256) });
const Token = z.object({ token: z.string().max(256) });

export const placeCall = rpc('call', 'place-call', {
  ...ofUser,
  doc: 'Places a call for the user of the token. Fails with `call.limit` and `call.org_limit`, and only after those with `call.number` and `call.auto_end`, so neither has a shape here.',
  request: z.object({ number: z.unknown().optional(), autoEnd: z.unknown().optional() }),
  reply: UserCallDto,
});

export const stopCall = rpc('call', 'stop-call', {
  ...ofUser,
  doc: 'Ends a call of the user; idempotent. Fails with `call.unknown`.',
  request: Token,
  reply: UserCallDto,
});

export const findCall = rpc('call', 'find-call', {
  ...ofUser,
  doc: 'A call of the user, whichever application placed it. Fails with `call.unknown`.',
  request: Token,
  reply: UserCallDto,
});

export const listOngoingCalls = rpc('call', 'list-ongoing-calls', {
  ...ofUser,
  doc: 'The ongoing calls of the user over all applications, the oldest first, in pages.',
  request: z.object({ after: z.string().optional() }),
  reply: listOf(UserCallDto),
});

export const getPlacedCall = rpc('call', 'get-placed-call', {
  ...ofOrg,
  doc: 'A placed call of the org. Fails with `call.not_found`.',
  request: CallId,
  reply: PlacedCallDto,
});

export const reportCallState = rpc('call', 'report-call-state', {
  ...ofOrg,
  doc: 'What a telephony bridge has seen; the same twice is nothing new. Fails with `call.not_found`, `call.ended` and `call.report_late`.',
  idempotent: true,
  request: CallId.extend({ state: BridgeState }),
  reply: PlacedCallDto,
});

export const findCallSession = rpc('call', 'find-call-session', {
  access: 'service',
  callers: ['session'],
  doc: 'A placed call of an org, for people to enter it who come before its event; null if there is none.',
  request: CallId.extend({ orgId: z.string() }),
  reply: z.object({ call: PlacedCallDto.nullable() }),
});

/** The link of one of the two, whole: a credential. Null once the call is over. */
const EntryUrl = z.string().nullable();

export const inviteToCall = rpc('session', 'invite-to-call', {
  ...ofOrg,
  doc: 'The session links of the caller and the callee of a placed call. Fails with `call.not_found`.',
  request: CallId,
  reply: z.object({ caller: EntryUrl, callee: EntryUrl }),
});

/** Which calls an administrator wants to see; from `from` to before `to`, by when they were placed. */
export const PlacedCallFilter = z.object({
  orgId: z.string().max(256).optional(),
  username: z.string().max(256).optional(),
  clientId: z.string().max(256).optional(),
  number: z.string().max(256).optional(),
  status: z.enum(['ongoing', 'ended']).optional(),
  state: CallState.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
});
export type PlacedCallFilter = z.output<typeof PlacedCallFilter>;

/** Calls in one message of an export: about 400 KB, where a message may have 1 MB. */
export const EXPORT_STEP = 1_000;

export const listPlacedCalls = rpc('call', 'list-placed-calls', {
  ...ofAdmin,
  doc: 'The calls that the caller administers in the order of placing. Fails with `page.after`.',
  request: PlacedCallFilter.extend({ ...ListPage.shape, limit: z.int().min(1).max(EXPORT_STEP).default(50) }),
  reply: listOf(PlacedCallDto),
});

export const readPlacedCall = rpc('call', 'read-placed-call', {
  ...ofAdmin,
  doc: 'One call. Fails with `call.not_found`.',
  request: CallId,
  reply: PlacedCallDto,
});

export const endPlacedCall = rpc('call', 'end-placed-call', {
  ...ofAdmin,
  doc: 'Ends a call of anybody whom the caller administers; one that is over stays as it is. Fails with `call.not_found`.',
  idempotent: true,
  request: CallId,
  reply: PlacedCallDto,
});

export const readUserStatus = rpc('call', 'read-user-status', {
  ...ofAdmin,
  doc: 'What a user, given by id or username, has of calls now. Fails with `org.not_found` and `user.not_found`.',
  request: z.object({ orgId: z.string().max(256), user: z.string().max(256) }),
  reply: z.object({
    username: z.string(),
    loggedIn: z.boolean(),
    ongoingCalls: z.int(),
    limit: z.int(),
    freeSlots: z.int().min(0),
    /** At most 1,000 of them. */
    calls: z.array(PlacedCallDto),
  }),
});
export type UserStatus = z.output<(typeof readUserStatus)['reply']>;

const callId = '0192f3a1-0000-7000-8000-000000000003';
const ids = { callId: z.uuid(), sid: z.string(), userId: z.string() };
const exampleIds = { callId, sid: `call:${callId}`, userId: '0192f3a1-0000-7000-8000-000000000001' };

export const callPlaced = event('call', 'call-placed', 1, {
  doc: 'An application placed a call for a user; its session may be entered as `sid`.',
  data: z.object({ ...ids, username: z.string(), clientId: z.string(), number: z.string(), autoEnd: z.boolean(), placedAt: Instant, expiresAt: Instant }),
  examples: [{ ...exampleIds, username: 'ada', clientId: 'key-1', number: '+4722225555', autoEnd: false, placedAt: '2026-11-01T09:00:00.000Z', expiresAt: '2026-11-01T13:00:00.000Z' }],
});

export const callStateChanged = event('call', 'call-state-changed', 1, {
  doc: 'A call that goes on has come to another state.',
  data: z.object({ ...ids, state: CallState.extract([...ongoingStates]), at: Instant }),
  examples: [{ ...exampleIds, state: 'ringing', at: '2026-11-01T09:00:02.000Z' }],
});

export const callEnded = event('call', 'call-ended', 1, {
  doc: 'A call is over; nobody is to enter its session any more.',
  data: z.object({ ...ids, state: CallState.extract([...finalStates]), placedAt: Instant, answeredAt: Instant.nullable(), endedAt: Instant, reason: CallEndReason }),
  examples: [{ ...exampleIds, state: 'completed', placedAt: '2026-11-01T09:00:00.000Z', answeredAt: '2026-11-01T09:00:09.000Z', endedAt: '2026-11-01T09:30:00.000Z', reason: 'stopped' }],
});
