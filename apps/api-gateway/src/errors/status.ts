import { type AppErrorShape, httpStatusOfKind, rateLimitHeaders } from '@parley/dto';
import { proofAlgorithms } from '@parley/jwt';

/** The faults of a request for which HTTP has a status of its own. */
const statusOfCode: Readonly<Record<string, number>> = {
  'route.method': 405,
  'request.timeout': 408,
  'request.too_large': 413,
  'request.media_type': 415,
  'request.headers_too_large': 431,
};

/** What a caller waits who is not told how long. Seconds. */
const RETRY_AFTER_S = 1;

export const statusOf = ({ kind, code }: AppErrorShape): number => statusOfCode[code] ?? httpStatusOfKind[kind];

/** The headers that RFC 9110 and RFC 6750 ask for beside some statuses. */
export function errorHeaders(error: AppErrorShape): Record<string, string> {
  const status = statusOf(error);
  if (status === 401 || error.code === 'token.scope') return { 'www-authenticate': challenge(error) };
  if (status === 405 && Array.isArray(error.details?.['allow'])) return { allow: error.details['allow'].join(', ') };
  if (status === 429 || status === 503 || error.code === 'idempotency.in_progress') return { 'retry-after': String(secondsUntil(error.details?.['retryAt'])), ...rateLimitHeaders(error.details) };
  return {};
}

/** RFC 6750, 3.1: a caller that sent no token is not told about errors in it. */
function challenge({ code, details }: AppErrorShape): string {
  if (code === 'token.missing') return 'Bearer';
  if (code === 'dpop.invalid') return `DPoP error="invalid_dpop_proof", algs="${proofAlgorithms.join(' ')}"`; // RFC 9449, 7.1
  return code === 'token.scope' ? `Bearer error="insufficient_scope", scope="${String(details?.['scope'])}"` : 'Bearer error="invalid_token"';
}

function secondsUntil(retryAt: unknown): number {
  const at = typeof retryAt === 'string' ? Date.parse(retryAt) : Number.NaN;
  return Number.isNaN(at) ? RETRY_AFTER_S : Math.max(RETRY_AFTER_S, Math.ceil((at - Date.now()) / 1000));
}
