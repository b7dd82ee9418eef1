import type { AppErrorShape, ErrorDetails } from '@parley/dto';
import { type ErrorDialect, isBelow } from '../errors/dialect.js';
import { privately, represent } from './representation.js';

/** As everywhere in Parley's APIs, a time is in epoch seconds. */
function factsOf({ details: { retryAt, ...details } = {} }: AppErrorShape): ErrorDetails {
  return { ...details, ...(retryAt === undefined ? {} : { retryAt: typeof retryAt === 'string' ? Math.ceil(Date.parse(retryAt) / 1000) : null }) };
}

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

const attributes = (facts: ErrorDetails): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).flatMap(([name, value]) => (isScalar(value) ? [[`@${name}`, String(value)]] : [])));

/** draft-ietf-httpapi-ratelimit-headers: how many at a time, and that none is left. */
function rateLimit({ limit, retryAt }: ErrorDetails): Record<string, string> {
  if (typeof limit !== 'number' || retryAt === undefined) return {};
  const until = typeof retryAt === 'number' ? `;t=${Math.max(0, retryAt - Math.floor(Date.now() / 1000))}` : '';
  return { 'ratelimit-policy': `"ongoing-calls";q=${limit};qu="concurrent-requests"`, ratelimit: `"ongoing-calls";r=0${until}` };
}

/** `{"error", "code"}` or `<error code>`, with the facts beside (click-to-call.md, Calls). */
export const clickToCallDialect: ErrorDialect = {
  speaksAt: ({ path }) => isBelow(path, '/rest'),
  render: (error, { accept }) => {
    const facts = factsOf(error);
    const { message, code } = error;
    const told = represent(accept, { json: { ...facts, error: message, code }, xml: { error: { ...attributes(facts), '@code': code, '#': message } } });
    return { ...told, headers: { ...privately, ...rateLimit(facts) } };
  },
};
