import type { ErrorKind } from '@parley/dto';
import { type ErrorDialect, isBelow } from '../errors/dialect.js';

/** What auth-service serves; the gateway only hands it on. */
export const proxiedPrefixes = ['/oauth', '/auth', '/v1/auth', '/.well-known', '/test'] as const;

const errorOfKind: Partial<Record<ErrorKind, string>> = { unavailable: 'temporarily_unavailable', internal: 'server_error' };

/** RFC 6749, 4.1.2.1 and 5.2. */
export const oauthDialect: ErrorDialect = {
  speaksAt: ({ path }) => proxiedPrefixes.some((prefix) => isBelow(path, prefix)),
  render: ({ kind, message }) => ({
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({ error: errorOfKind[kind] ?? 'invalid_request', error_description: message }),
    headers: { 'cache-control': 'no-store' },
  }),
};
