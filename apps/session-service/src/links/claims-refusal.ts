import type { AppError } from '@parley/dto';
import { currentRequest } from '@parley/platform';
import { limitsOf, type Refusal } from '../refusals/refusal.entity.js';
import type { GenuineLink } from '../link-kinds/genuine-link.js';

/** The rule that a link can be understood; it is judged before there is anything to lock. */
export const CLAIMS_RULE = 'claims';

/** A refusal of a link that says something that can't be. What of it is a text is kept, so that it can be found. */
export function claimsRefusal({ orgId, clientId, linkId, claims }: GenuineLink, refusal: AppError): Refusal {
  const { sid, ref, un, rle } = claims;
  return {
    ...{ orgId, clientId, linkId, at: null, code: refusal.code, rule: CLAIMS_RULE, detail: refusal.message, ...limitsOf(refusal) },
    ...{ sid: text(sid), ref: text(ref), name: text(un), role: text(rle), person: null },
    ...{ issuedAt: null, notBefore: null, expiresAt: null, requestId: currentRequest()?.requestId ?? null },
  };
}

/** As far as PostgreSQL can hold it: no control characters, and no half of a surrogate pair. */
const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 256).replaceAll(/[\p{Cc}\p{Cs}]/gu, '\ufffd') : null);
