import { z } from 'zod';
import { Instant, ofOrg, pageOf, PageRequest, ShortText } from './common.contract.js';
import { rpc } from './contract.js';
import { HowKnown, Role, SessionEndReason } from './session.contract.js';

/** One participation in a call: an entry from joining to leaving. */
export const CallParticipantDto = z.object({
  entryId: z.uuid(),
  name: z.string(),
  role: Role,
  joined: Instant,
  left: Instant.nullable(),
  how: HowKnown.nullable(),
});

/** The record of one occurrence of a session: who, when, how long, and why it ended (coviu.md, C14). */
export const CallRecordDto = z.object({
  callId: z.uuid(),
  sid: z.string(),
  orgId: z.string(),
  started: Instant,
  ended: Instant.nullable(),
  durationSeconds: z.int().min(0),
  endReason: SessionEndReason.nullable(),
  participants: z.array(CallParticipantDto),
});
export type CallRecordDto = z.output<typeof CallRecordDto>;

export const listCalls = rpc('call', 'list-calls', {
  ...ofOrg,
  doc: 'The org’s call records in the order in which the calls became known, or those of one `sid` (C14).',
  request: PageRequest.extend({ sid: ShortText.optional() }),
  reply: pageOf(CallRecordDto),
});

export const getCall = rpc('call', 'get-call', {
  ...ofOrg,
  doc: 'One call record (C14). Fails with `call.not_found`.',
  request: z.object({ callId: z.string().max(256) }),
  reply: CallRecordDto,
});

const DAY_S = 86_400;
/** The last day with a year of four digits. */
const LAST_DAY = 253_402_214_400;

/** The beginning of a UTC day in epoch seconds. */
export const DayStart = z.int().min(0).max(LAST_DAY).multipleOf(DAY_S, 'must be the beginning of a UTC day: a multiple of 86400');

/** Days from the first on and before the second; a missing one is no bound. */
const Days = z.object({ from: DayStart.optional(), to: DayStart.optional() });

/** By what usage is summed up; with neither it is one sum. */
export const UsageGrouping = z.object({ subscription: z.boolean(), period: z.enum(['month', 'day']).nullable() });
export type UsageGrouping = z.output<typeof UsageGrouping>;

/** A sum of what was used; only what it is grouped by is there. Without a subscription: `subscriptionId` is null. */
export const UsageSumDto = z.object({
  orgId: z.string(),
  subscriptionId: z.uuid().nullable().optional(),
  /** Of that subscription, as far as it is known. */
  ref: z.string().nullable().optional(),
  /** `2026-11` */
  month: z.string().optional(),
  /** `2026-11-01` */
  day: z.string().optional(),
  participantSeconds: z.int().min(0),
});
export type UsageSumDto = z.output<typeof UsageSumDto>;

export const listUsage = rpc('call', 'list-usage', {
  ...ofOrg,
  doc: 'Participant-seconds of the org by subscription, month or day (U), of everybody who is gone by now. Fails with `usage.too_many_records`.',
  request: PageRequest.extend({ ...Days.shape, groupBy: UsageGrouping }),
  reply: pageOf(UsageSumDto),
});

/** A subscription’s month in which the ledger does not agree with the records. */
export const UsageDifferenceDto = z.object({ subscriptionId: z.uuid().nullable(), month: z.string(), recorded: z.int(), booked: z.int() });

export const reconcileUsage = rpc('call', 'reconcile-usage', {
  ...ofOrg,
  doc: 'Participant-seconds as the call records have them and as the ledger has them, with the first 100 differences (U). Fails with `usage.too_many_records`.',
  request: Days,
  reply: z.object({ recorded: z.int(), booked: z.int(), differences: z.array(UsageDifferenceDto) }),
});
