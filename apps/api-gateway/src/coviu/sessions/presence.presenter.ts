import type { PresenceDto } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

/** Somebody's stay. `self` is the entry: it takes PATCH and DELETE. */
export const presenceResource = ({ entryId, orgId, sid, name, role, joined, left, present, leaseUntil, reason, how }: PresenceDto): Resource => ({
  content: { entryId, sessionId: sid, orgId, name, role, joined: epoch(joined), left: epochOrNull(left), present, leaseUntil: epoch(leaseUntil), reason, how },
  _links: { self: linkTo(pathOf.entry(orgId, sid, entryId)), session: linkTo(pathOf.session(orgId, sid)), org: linkTo(pathOf.org(orgId)) },
});
