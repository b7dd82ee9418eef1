import { callSid, type PlacedCallDto } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

/** Who is to be in the session of a call, and in which role: with both roles in, it is in progress. */
const partiesOf = ({ username, number }: PlacedCallDto) => [
  { party: 'caller', name: username, role: 'owner' },
  { party: 'callee', name: number, role: 'guest' },
];

export function placedCallResource(call: PlacedCallDto): Resource {
  const { callId, orgId, userId, username, clientId, number, state, autoEnd, durationSeconds, endReason } = call;
  const sid = callSid(callId);
  const times = { started: epoch(call.placedAt), answered: epochOrNull(call.answeredAt), ended: epochOrNull(call.endedAt), expires: epoch(call.expiresAt) };
  return {
    content: { callId, sessionId: sid, orgId, userId, username, clientId, number, state, ongoing: call.endedAt === null, autoEnd, ...times, durationSeconds, endReason, parties: partiesOf(call) },
    _links: {
      self: linkTo(pathOf.call(orgId, callId)),
      org: linkTo(pathOf.org(orgId)),
      session: linkTo(pathOf.session(orgId, sid)),
      records: linkTo(`${pathOf.calls(orgId)}?${new URLSearchParams({ sid })}`),
      events: linkTo(`${pathOf.call(orgId, callId)}/events`),
    },
  };
}
