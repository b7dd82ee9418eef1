import type { RefusalDto } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

/** `sessionId` is the session's name, as everywhere here. */
export const refusalResource = ({ orgId, refusalId, sid, at, retryAt, issuedAt, notBefore, expiresAt, ...refusal }: RefusalDto): Resource => ({
  content: {
    refusalId,
    ...refusal,
    sessionId: sid,
    at: epoch(at),
    retryAt: epochOrNull(retryAt),
    issuedAt: epochOrNull(issuedAt),
    notBefore: epochOrNull(notBefore),
    expiresAt: epochOrNull(expiresAt),
  },
  _links: {
    self: linkTo(pathOf.refusal(orgId, refusalId)),
    org: linkTo(pathOf.org(orgId)),
    ...(sid === null ? {} : { session: linkTo(pathOf.session(orgId, sid)) }),
  },
});
