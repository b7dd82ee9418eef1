import type { SubscriptionDto } from '@parley/dto';
import { epoch, epochOrNull, linkTo, pathOf, type Resource } from '../hal.js';

export const subscriptionResource = ({ orgId, subscriptionId, ref, name, email, active, started, ended }: SubscriptionDto): Resource => ({
  // `remoteRef` is what old clients read
  content: { ref, remoteRef: ref, name, started: epoch(started), ended: epochOrNull(ended), orgId, active, subscriptionId, email },
  _links: {
    org: linkTo(pathOf.org(orgId)),
    self: linkTo(pathOf.subscription(orgId, subscriptionId)),
    sessions: linkTo(`${pathOf.entriesOfSubscription(orgId, subscriptionId)}?page=0&count=200`),
  },
});
