import type { LinkRevocationDto } from '@parley/dto';
import { linkTo, pathOf, type Resource } from '../hal.js';

/** `at` with its fraction of a second: links are compared with all of it. */
export const linkRevocationResource = ({ orgId, kind, key, at, endedEntries }: LinkRevocationDto): Resource => ({
  content: { kind, key, at: Date.parse(at) / 1000, ...(endedEntries === undefined ? {} : { endedEntries }) },
  _links: { self: linkTo(pathOf.linkRevocations(orgId)), org: linkTo(pathOf.org(orgId)) },
});
