import { AppError, internal, invalidInput } from '@parley/dto';
import { dialectOf } from '../errors/dialects.js';

const rendered = (error: AppError, path = '/v1/orgs', accept?: string) => {
  const request = { requestId: 'request-1', path, accept };
  const { contentType, body } = dialectOf(request).render(error, request, 400);
  return { contentType, body: contentType.includes('json') ? (JSON.parse(body) as unknown) : body };
};

describe('The envelope of errors under /v1', () => {
  it('E.1: holds the sentence, the code and the facts', () => {
    expect(rendered(new AppError('conflict', 'session.full', 'Full.', { limit: 5, current: 5 }))).toEqual({
      contentType: 'application/json; charset=utf-8',
      body: { error: { message: 'Full.', code: 'session.full', limit: 5, current: 5 } },
    });
  });

  it('E.1: names every faulty field', () => {
    expect(rendered(invalidInput([{ path: 'ref', message: 'too long' }])).body).toEqual({
      error: { message: 'ref: too long', code: 'request.invalid', faults: [{ path: 'ref', message: 'too long' }] },
    });
  });

  it('E.1: writes times as epoch seconds', () => {
    expect(rendered(new AppError('forbidden', 'link.not_yet_valid', 'Early.', { retryAt: '2026-11-01T09:00:00.000Z' })).body).toEqual({
      error: { message: 'Early.', code: 'link.not_yet_valid', retryAt: 1793523600 },
    });
  });

  it('E.1: keeps sentence and code whatever the facts are called', () => {
    expect(rendered(new AppError('invalid', 'some.code', 'Sentence.', { code: 'x', message: 'y' })).body).toEqual({
      error: { message: 'Sentence.', code: 'some.code' },
    });
  });

  it.each(['/v1', '/v1/', '/v1/session/x', '/v1/unknown'])('E.1: is spoken at %s', (path) => {
    expect(rendered(internal(), path).body).toEqual({ error: { message: 'Something went wrong on our side.', code: 'internal' } });
  });

  it.each(['/', '/v10', '/health/ready', '/x/v1'])('E.10: %s speaks RFC 9457', (path) => {
    expect(rendered(internal(), path)).toEqual({
      contentType: 'application/problem+json; charset=utf-8',
      body: { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'Something went wrong on our side.', code: 'internal', requestId: 'request-1' },
    });
  });

  it.each(['/oauth/token', '/auth/login', '/v1/auth/token', '/.well-known/jwks.json'])('E.9: %s speaks RFC 6749', (path) => {
    expect(rendered(new AppError('unavailable', 'unavailable', 'Later.'), path).body).toEqual({ error: 'temporarily_unavailable', error_description: 'Later.' });
  });

  it('E.8: a browser at a session link reads a page', () => {
    const { contentType, body } = rendered(new AppError('forbidden', 'link.expired', 'Too <late>.'), '/v1/session/x', 'text/html');
    expect(contentType).toBe('text/html; charset=utf-8');
    expect(body).toContain('Too &lt;late&gt;.');
  });
});
