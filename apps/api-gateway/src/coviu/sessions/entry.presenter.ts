import type { EntryDto } from '@parley/dto';
import { epoch, linkTo, pathOf, type Resource } from '../hal.js';

/** `self` is the session: an entry has no address of its own for reading. */
export const entryResource = ({ orgId, sid, clientId, subscriptionId, enteredAt, ...entry }: EntryDto): Resource => ({
  content: {
    name: entry.name,
    accessToken: entry.accessToken,
    clientId,
    sessionId: sid,
    orgId,
    entryTime: epoch(enteredAt),
    entryId: entry.entryId,
    subscriptionId,
    role: entry.role,
    peerId: entry.peerId,
  },
  _links: {
    org: linkTo(pathOf.org(orgId)),
    self: linkTo(pathOf.session(orgId, sid)),
    client: linkTo(pathOf.client(orgId, clientId)),
    ...(subscriptionId === null ? {} : { subscription: linkTo(pathOf.subscription(orgId, subscriptionId)) }),
  },
});

/** With what it may do in the session, for who came in by another way than a session link. */
export function capableEntryResource(entry: EntryDto): Resource {
  const { content, _links } = entryResource(entry);
  return { content: { ...content, capabilities: entry.capabilities ?? [] }, _links };
}

/** With the end of its lease, for who must renew it. */
export function leasedEntryResource(entry: EntryDto): Resource {
  const { content, _links } = entryResource(entry);
  return { content: { ...content, leaseUntil: epoch(entry.leaseUntil) }, _links };
}
