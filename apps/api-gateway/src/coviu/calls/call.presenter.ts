import type { CallRecordDto } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

export const callResource = ({ orgId, callId, sid, started, ended, durationSeconds, endReason, participants }: CallRecordDto): Resource => ({
  content: {
    callId,
    sessionId: sid,
    orgId,
    started: epoch(started),
    ended: epochOrNull(ended),
    durationSeconds,
    endReason,
    participants: participants.map(({ entryId, name, role, joined, left, how }) => ({ entryId, name, role, joined: epoch(joined), left: epochOrNull(left), how })),
  },
  _links: { self: linkTo(pathOf.call(orgId, callId)), org: linkTo(pathOf.org(orgId)), session: linkTo(pathOf.session(orgId, sid)) },
});
