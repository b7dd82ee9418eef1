import { createHash, createHmac } from 'node:crypto';
import type { Idempotency } from '@parley/platform';

interface Asked {
  method: string;
  /** As the client sent it, with its query string. */
  url: string;
  body: unknown;
}

/** What a request under a key is known by. Neither tells the key, and without it the fingerprint tells nothing of the body. */
export const idempotencyOf = (key: string, { method, url, body }: Asked): Idempotency => ({
  key: createHash('sha256').update(key).digest('base64url'),
  fingerprint: createHmac('sha256', key).update(JSON.stringify([method, url])).update(canonical(body)).digest('base64url'),
});

/** Equal JSON is an equal body, however it is spaced and whichever field comes first (as RFC 8785); anything else is its bytes. */
function canonical(body: unknown): Buffer | string {
  if (!(body instanceof Buffer)) return '';
  try {
    return JSON.stringify(JSON.parse(body.toString()), (_, value: unknown) => sorted(value));
  } catch {
    return body;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
