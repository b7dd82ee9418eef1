import type { ClientDto, OrgDto } from '@parley/dto';
import { linkTo, pathOf, type Resource, ROOT } from '../hal.js';

/** The lists of an org. Clients append to them: no query string. */
const listsOf = (org: string) => ({
  sessions: linkTo(pathOf.sessions(org)),
  subscriptions: linkTo(pathOf.subscriptions(org)),
  calls: linkTo(pathOf.calls(org)),
  aliases: linkTo(pathOf.aliases(org)),
  refusals: linkTo(pathOf.refusals(org)),
  bans: linkTo(pathOf.bans(org)),
  linkRevocations: linkTo(pathOf.linkRevocations(org)),
});

export const rootResource = ({ clientId, orgId, active }: ClientDto): Resource => ({
  content: { active, orgId, clientId },
  _links: { org: linkTo(pathOf.org(orgId)), self: linkTo(ROOT), ...listsOf(orgId), usage: linkTo(pathOf.usage(orgId)) },
});

export const orgResource = ({ orgId, name, active }: OrgDto): Resource => ({
  content: { orgId, name, active },
  _links: { self: linkTo(pathOf.org(orgId)), ...listsOf(orgId), settings: linkTo(pathOf.settings(orgId)) },
});

export const clientResource = ({ clientId, orgId, name, active }: ClientDto): Resource => ({
  content: { clientId, name, active },
  _links: { self: linkTo(pathOf.client(orgId, clientId)), org: linkTo(pathOf.org(orgId)) },
});
