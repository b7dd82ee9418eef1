/** HAL as this API writes it: a resource is its `content` and its `_links`; hrefs are relative to the root of the host. */
export interface Link {
  href: string;
}

export type Links = Record<string, Link>;

export interface Resource<Content = object> {
  content: Content;
  _links: Links;
}

export const linkTo = (href: string): Link => ({ href });

/** Instants leave as whole epoch seconds. */
export const epoch = (instant: string): number => Math.floor(Date.parse(instant) / 1000);

export const epochOrNull = (instant: string | null): number | null => (instant === null ? null : epoch(instant));

const below = (path: string, ...names: string[]): string => [path, ...names.map(encodeURIComponent)].join('/');

export const ROOT = '/v1';

/** Where each thing is. Names that customers choose are percent-encoded. */
export const pathOf = {
  org: (org: string): string => below('/v1/orgs', org),
  client: (org: string, clientId: string): string => below(pathOf.org(org), 'clients', clientId),
  subscriptions: (org: string): string => below(pathOf.org(org), 'subscriptions'),
  subscription: (org: string, id: string): string => below(pathOf.subscriptions(org), id),
  entriesOfSubscription: (org: string, id: string): string => below(pathOf.subscription(org, id), 'sessions'),
  sessions: (org: string): string => below(pathOf.org(org), 'sessions'),
  session: (org: string, sid: string): string => below(pathOf.sessions(org), sid),
  entriesOfSession: (org: string, sid: string): string => below(pathOf.session(org, sid), 'entries'),
  entry: (org: string, sid: string, entryId: string): string => below(pathOf.entriesOfSession(org, sid), entryId),
  participantsOfSession: (org: string, sid: string): string => below(pathOf.session(org, sid), 'participants'),
  settings: (org: string): string => below(pathOf.org(org), 'settings'),
  settingsOfSession: (org: string, sid: string): string => below(pathOf.session(org, sid), 'settings'),
  calls: (org: string): string => below(pathOf.org(org), 'calls'),
  refusals: (org: string): string => below(pathOf.org(org), 'refusals'),
  refusal: (org: string, id: string): string => below(pathOf.refusals(org), id),
  aliases: (org: string): string => below(pathOf.org(org), 'aliases'),
  alias: (org: string, id: string): string => below(pathOf.aliases(org), id),
  streamOfAlias: (org: string, id: string): string => below(pathOf.alias(org, id), 'stream', 'authorize'),
  bans: (org: string): string => below(pathOf.org(org), 'bans'),
  ban: (org: string, id: string): string => below(pathOf.bans(org), id),
  linkRevocations: (org: string): string => below(pathOf.org(org), 'link-revocations'),
  usage: (org: string): string => below(pathOf.org(org), 'usage'),
  reconcileUsage: (org: string): string => below(pathOf.usage(org), 'reconcile'),
  call: (org: string, callId: string): string => below(pathOf.calls(org), callId),
};
