import type { reconcileUsage, ReplyOf, RequestOf, UsageSumDto } from '@parley/dto';
import { linkTo, pathOf, type Resource } from '../hal.js';

/** Only what it is grouped by is there, and travels. */
export const usageResource = ({ orgId, subscriptionId, ...sum }: UsageSumDto): Resource => ({
  content: { ...(subscriptionId === undefined ? {} : { subscriptionId }), ...sum },
  _links: { org: linkTo(pathOf.org(orgId)), ...(subscriptionId ? { subscription: linkTo(pathOf.subscription(orgId, subscriptionId)) } : {}) },
});

interface Asked {
  org: string;
  days: RequestOf<typeof reconcileUsage>;
}

export const reconciliationResource = ({ org, days }: Asked, content: ReplyOf<typeof reconcileUsage>): Resource => ({
  content,
  _links: { self: linkTo(withQuery(pathOf.reconcileUsage(org), days)), org: linkTo(pathOf.org(org)), usage: linkTo(pathOf.usage(org)) },
});

function withQuery(path: string, { from, to }: Asked['days']): string {
  const query = Object.entries({ from, to }).flatMap(([name, day]) => (day === undefined ? [] : [`${name}=${day}`]));
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}
