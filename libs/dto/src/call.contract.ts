import { z } from 'zod';
import { COVIU_SCOPE, Instant, PageRequest, ShortText, pageOf } from './common.contract.js';
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

const ofGateway = { access: 'access', scope: COVIU_SCOPE, callers: ['gateway'] } as const;

export const listCalls = rpc('call', 'list-calls', {
  ...ofGateway,
  doc: 'The org’s call records in the order in which the calls became known, or those of one `sid` (C14).',
  request: PageRequest.extend({ sid: ShortText.optional() }),
  reply: pageOf(CallRecordDto),
});

export const getCall = rpc('call', 'get-call', {
  ...ofGateway,
  doc: 'One call record (C14). Fails with `call.not_found`.',
  request: z.object({ callId: z.string().max(256) }),
  reply: CallRecordDto,
});
