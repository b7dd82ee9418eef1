import type { AppErrorShape } from '@parley/dto';
import { coviuDialect } from '../coviu/coviu.dialect.js';
import { type ErrorDialect, type FailedRequest, isBelow, type RenderedError } from '../errors/dialect.js';

const UPDATE = '/organization/api/v1/alias/update';

const json = (error: object): RenderedError => ({ contentType: 'application/json; charset=utf-8', body: JSON.stringify({ error }) });

/** datagram-link.md: exactly these keys, in this order. The request id is in a header. */
export const datagramDialect: ErrorDialect = {
  speaksAt: ({ path }) => isBelow(path, '/api/v1/alias') || isBelow(path, '/organization/api/v1'),
  statusFor: statusHere,
  render: (error, request, status) => (isOfAdmission(error) ? coviuDialect.render(error, request, status) : json(told(error, status))),
};

/** A body that is no JSON is bad input, a token without the scope a bad token, and A4 has 400 for what is not there. */
function statusHere({ code }: AppErrorShape, { path }: FailedRequest): number | undefined {
  if (code === 'request.media_type' || (code === 'alias.not_found' && isBelow(path, UPDATE))) return 400;
  return code === 'token.scope' ? 401 : undefined;
}

/** What a session link would have answered (Joining). */
const isOfAdmission = ({ code }: AppErrorShape): boolean => /^(link|session|subscription|entry)\./.test(code);

function told(error: AppErrorShape, status: number): object {
  const { code } = error;
  if (code === 'alias.not_found') return status === 400 ? { message: 'NOT_FOUND', status } : { message: 'Alias not found' };
  if (code === 'alias.unknown') return { message: 'NOT_FOUND', status };
  if (status === 401) return { message: 'UNAUTHORIZED' };
  if (code === 'alias.protected') return { message: 'UNAUTHORIZED', status };
  return status === 400 ? { message: 'INVALID_REQUEST', status, details: detailsOf(error) } : { message: messages[status] ?? 'INTERNAL_ERROR', status };
}

/** What is told of a status that has no form in the contract. */
const messages: Readonly<Record<number, string>> = {
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  409: 'CONFLICT',
  413: 'REQUEST_TOO_LARGE',
  422: 'UNPROCESSABLE',
  429: 'TOO_MANY_REQUESTS',
  431: 'HEADERS_TOO_LARGE',
  503: 'UNAVAILABLE',
};

const detailsOf = ({ message, details }: AppErrorShape): unknown => details?.['faults'] ?? [{ path: '', message }];
