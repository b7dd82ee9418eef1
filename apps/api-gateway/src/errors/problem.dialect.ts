import { STATUS_CODES } from 'node:http';
import type { ErrorDialect } from './dialect.js';

/** RFC 9457, for whatever no other dialect speaks at. */
export const problemDialect: ErrorDialect = {
  speaksAt: () => true,
  render: ({ code, message, details }, { requestId }, status) => ({
    contentType: 'application/problem+json; charset=utf-8',
    body: JSON.stringify({ ...details, type: 'about:blank', title: STATUS_CODES[status], status, detail: message, code, requestId }),
  }),
};
