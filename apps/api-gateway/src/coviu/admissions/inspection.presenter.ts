import type { Inspection, LinkFacts } from '@parley/dto';
import { epochOrNull, epoch } from '../hal.js';

/** What would happen, and why. */
export const decisionOf = ({ decision, code, limit, current, retryAt, rules, claims, verifiedBy }: Inspection): object => ({
  ...{ decision, code, limit, current, retryAt: epochOrNull(retryAt) },
  ...{ rules, claims, verifiedBy },
});

/** The same, with everything that the link depends on. */
export const inspectionOf = (inspection: Inspection): object => ({ ...decisionOf(inspection), link: inspection.link && factsOf(inspection.link) });

const factsOf = ({ window, revocations, bans, ...link }: LinkFacts): object => ({
  ...link,
  window: { issuedAt: epochOrNull(window.issuedAt), notBefore: epochOrNull(window.notBefore), expires: epochOrNull(window.expires) },
  revocations: revocations.map(({ kind, key, at }) => ({ kind, key, at: epoch(at) })),
  bans: bans.map(({ banId, person, sid, until }) => ({ banId, person, sessionId: sid, until: epochOrNull(until) })),
});
