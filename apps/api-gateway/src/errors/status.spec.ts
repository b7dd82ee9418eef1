import { AppError, unavailable } from '@parley/dto';
import { scopeMissing, tokenInvalid, tokenMissing } from '@parley/jwt';
import { methodNotAllowed } from './http.errors.js';
import { errorHeaders, statusOf } from './status.js';

const failure = (kind: AppError['kind'], details?: Record<string, unknown>) => new AppError(kind, 'some.code', 'Some sentence.', details);

describe('What HTTP says of a failure', () => {
  it.each([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['unprocessable', 422],
    ['rate_limited', 429],
    ['internal', 500],
    ['unavailable', 503],
  ] as const)('%s is %i', (kind, status) => expect(statusOf(failure(kind))).toBe(status));

  it('RFC 6750, 3.1: names no error to a caller that sent no token', () => {
    expect(errorHeaders(tokenMissing())).toEqual({ 'www-authenticate': 'Bearer' });
  });

  it('RFC 6750, 3.1: tells that a token was bad, or narrow', () => {
    expect(errorHeaders(tokenInvalid())).toEqual({ 'www-authenticate': 'Bearer error="invalid_token"' });
    expect(errorHeaders(scopeMissing('call'))).toEqual({ 'www-authenticate': 'Bearer error="insufficient_scope", scope="call"' });
  });

  it('RFC 9110, 15.5.6: tells what an address takes', () => {
    expect(errorHeaders(methodNotAllowed(['GET', 'HEAD']))).toEqual({ allow: 'GET, HEAD' });
  });

  it('tells when to come back', () => {
    expect(errorHeaders(unavailable('The service'))).toEqual({ 'retry-after': '1' });
    expect(errorHeaders(failure('rate_limited', { retryAt: new Date(Date.now() + 4500).toISOString() }))).toEqual({ 'retry-after': '5' });
    expect(errorHeaders(failure('rate_limited', { retryAt: '2020-01-01T00:00:00.000Z' }))).toEqual({ 'retry-after': '1' });
  });
});
