import type { OrgSettingsDto, SessionSettingsDto } from '@parley/dto';
import { epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

export const orgSettingsResource = ({ orgId, sessions, effective }: OrgSettingsDto): Resource => ({
  content: { orgId, sessions, effective },
  _links: { self: linkTo(pathOf.settings(orgId)), org: linkTo(pathOf.org(orgId)) },
});

export const sessionSettingsResource = ({ orgId, sid, sessions, effective, window: { from, until } }: SessionSettingsDto): Resource => ({
  content: { sessionId: sid, orgId, sessions, effective, window: { from: epochOrNull(from), until: epochOrNull(until) } },
  _links: { self: linkTo(pathOf.settingsOfSession(orgId, sid)), org: linkTo(pathOf.org(orgId)), session: linkTo(pathOf.session(orgId, sid)) },
});
