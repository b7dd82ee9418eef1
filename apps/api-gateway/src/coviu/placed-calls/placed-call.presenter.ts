import { callSid, type inviteToCall, type PlacedCallDto, type ReplyOf } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

/** The session links of both; null for one that there is not. */
export type EntryUrls = ReplyOf<typeof inviteToCall>;

/** Who is to be in the session of a call, in which role, and by which link: with both roles in, it is in progress. */
const partiesOf = ({ username, number }: PlacedCallDto, { caller, callee }: EntryUrls) => [
  { party: 'caller', name: username, role: 'owner', entry_url: caller },
  { party: 'callee', name: number, role: 'guest', entry_url: callee },
];

export function placedCallResource(call: PlacedCallDto, urls: EntryUrls): Resource {
  const { callId, orgId, userId, username, clientId, number, state, autoEnd, durationSeconds, endReason } = call;
  const sid = callSid(callId);
  const times = { started: epoch(call.placedAt), answered: epochOrNull(call.answeredAt), ended: epochOrNull(call.endedAt), expires: epoch(call.expiresAt) };
  return {
    content: { callId, sessionId: sid, orgId, userId, username, clientId, number, state, ongoing: call.endedAt === null, autoEnd, ...times, durationSeconds, endReason, parties: partiesOf(call, urls) },
    _links: {
      self: linkTo(pathOf.call(orgId, callId)),
      org: linkTo(pathOf.org(orgId)),
      session: linkTo(pathOf.session(orgId, sid)),
      records: linkTo(`${pathOf.calls(orgId)}?${new URLSearchParams({ sid })}`),
      events: linkTo(`${pathOf.call(orgId, callId)}/events`),
    },
  };
}
