import { type ErrorDialect, isBelow } from '../errors/dialect.js';
import { epoch } from './hal.js';

/** Everything under `/v1`: the facts of a failure stand beside its sentence, and times are epoch seconds as everywhere here. */
export const coviuDialect: ErrorDialect = {
  speaksAt: ({ path }) => isBelow(path, '/v1'),
  render: ({ message, code, details: { retryAt, ...details } = {} }) => ({
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({ error: { ...details, ...(typeof retryAt === 'string' ? { retryAt: epoch(retryAt) } : {}), message, code } }),
  }),
};
