import type { BanDto } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

export const banResource = ({ banId, orgId, person, sid, until, reason, created, lifted, active }: BanDto): Resource => ({
  content: { banId, person, sessionId: sid, until: epochOrNull(until), reason, created: epoch(created), lifted: epochOrNull(lifted), active },
  _links: {
    self: linkTo(pathOf.ban(orgId, banId)),
    org: linkTo(pathOf.org(orgId)),
    ...(sid === null ? {} : { session: linkTo(pathOf.session(orgId, sid)) }),
  },
});
