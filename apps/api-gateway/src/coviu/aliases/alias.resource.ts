import type { AliasDto, authorizeStream, ReplyOf } from '@parley/dto';
import { aliasFields } from '../../datagram/alias.presenter.js';
import { linkTo, pathOf, type Resource } from '../hal.js';

/** The same fields as in Datagram Link, with the session that it is a door to. */
export const aliasResource = (alias: AliasDto): Resource => {
  const { aliasId, orgId, sid } = alias;
  return {
    content: { ...aliasFields(alias), sessionId: sid, orgId },
    _links: {
      self: linkTo(pathOf.alias(orgId, aliasId)),
      org: linkTo(pathOf.org(orgId)),
      session: linkTo(pathOf.session(orgId, sid)),
      stream: linkTo(pathOf.streamOfAlias(orgId, aliasId)),
      join: linkTo(`/api/v1/alias/${aliasId}/join`),
    },
  };
};

/** What a media server is told of a key that may publish. */
export const streamResource = ({ aliasId, orgId, sid, type }: ReplyOf<typeof authorizeStream>): Resource => ({
  content: { allowed: true, id: aliasId, type, sessionId: sid, orgId },
  _links: { self: linkTo(pathOf.streamOfAlias(orgId, aliasId)), alias: linkTo(pathOf.alias(orgId, aliasId)) },
});
