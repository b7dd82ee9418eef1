import type { SessionDto } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

export const sessionResource = ({ orgId, sid, state, started, ended, endReason, participants }: SessionDto): Resource => ({
  content: { sessionId: sid, state, started: epoch(started), ended: epochOrNull(ended), endReason, participants },
  _links: {
    self: linkTo(pathOf.session(orgId, sid)),
    org: linkTo(pathOf.org(orgId)),
    entries: linkTo(pathOf.entriesOfSession(orgId, sid)),
    participants: linkTo(pathOf.participantsOfSession(orgId, sid)),
    settings: linkTo(pathOf.settingsOfSession(orgId, sid)),
    calls: linkTo(`${pathOf.calls(orgId)}?${new URLSearchParams({ sid })}`),
  },
});
