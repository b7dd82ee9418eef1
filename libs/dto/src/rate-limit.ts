/** What a 429 says of the limit that refused, in its `details`. */
export interface RateLimitDetails {
  /** The name of the limit. */
  policy: string;
  /** So many in `windowSeconds`. */
  limit: number;
  windowSeconds: number;
  /** Whole seconds until it is worth another try. */
  retryAfter: number;
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

/** `Retry-After` (RFC 9110, 10.2.3), `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10); empty for details of another kind. */
export function rateLimitHeaders({ policy, limit, windowSeconds, retryAfter }: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  if (typeof policy !== 'string' || !isWhole(limit) || !isWhole(windowSeconds) || !isWhole(retryAfter)) return {};
  return {
    'retry-after': String(retryAfter),
    'ratelimit-policy': `"${policy}";q=${limit};w=${windowSeconds}`,
    ratelimit: `"${policy}";r=0;t=${retryAfter}`,
  };
}
