import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../settings.module.js';
import { Form } from '../tokens/form.js';
import { Cookies } from './cookies.js';
import { FORM_TOKEN, FormGuard } from './form-guard.js';
import type { Visitor } from './visitor.js';

const settings = new Settings('https://parley.test', 3600, 0);
const guard = new FormGuard(new Cookies(settings), settings);
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', origin: 'https://parley.test', 'sec-fetch-site': 'same-origin' };

function visitor(headers: Record<string, string>): Visitor & { cookie: () => string } {
  const sent: string[] = [];
  const reply = { header: (_name: string, value: string) => sent.push(value) } as unknown as FastifyReply;
  return { request: { headers } as FastifyRequest, reply, cookie: () => sent[0] ?? '' };
}

/** A form as a browser got it, and the cookie that came with it. */
function opened(session = ''): { token: string; cookie: string } {
  const at = visitor({});
  const token = guard.token(at, session);
  return { token, cookie: at.cookie().split(';')[0] ?? '' };
}

function post(headers: Record<string, string>, { token, session = '' }: { token?: string | undefined; session?: string } = {}): string {
  try {
    guard.check(visitor(headers), new Form(token === undefined ? 'a=b' : `a=b&${FORM_TOKEN}=${token}`), session);
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a form of ours (P3)', () => {
  it('sets a cookie that no script, no other site and no other host gets at', () => {
    const at = visitor({});
    guard.token(at, '');

    expect(at.cookie()).toMatch(/^__Host-parley_form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('is taken from the browser that opened it, in every tab', () => {
    const { token, cookie } = opened();
    const again = guard.token(visitor({ cookie }), '');

    expect([post({ ...BROWSER, cookie }, { token }), post({ ...BROWSER, cookie }, { token: again })]).toEqual(['taken', 'taken']);
  });

  it('is taken without an origin, which browsers leave out where no referrer is told', () => {
    const { token, cookie } = opened();

    expect(post({ ...BROWSER, cookie, origin: 'null' }, { token })).toBe('taken');
  });
});

describe('CSRF (P3)', () => {
  const { token, cookie } = opened();
  const others = opened();

  it.each<[string, string, Record<string, string>, { token?: string; session?: string }]>([
    ['foreign Origin', 'cross_site', { ...BROWSER, cookie, origin: 'https://evil.test' }, { token }],
    ['foreign Origin of the same host, another scheme', 'cross_site', { ...BROWSER, cookie, origin: 'http://parley.test' }, { token }],
    ['foreign Origin that begins alike', 'cross_site', { ...BROWSER, cookie, origin: 'https://parley.test.evil.test' }, { token }],
    ['foreign Origin from a script that reads JSON', 'cross_site', { accept: 'application/json', origin: 'https://evil.test' }, {}],
    ['cross-site Sec-Fetch-Site', 'cross_site', { ...BROWSER, cookie, 'sec-fetch-site': 'cross-site' }, { token }],
    ['same-site Sec-Fetch-Site', 'cross_site', { ...BROWSER, cookie, 'sec-fetch-site': 'same-site' }, { token }],
    ['cross-site Sec-Fetch-Site without Origin', 'cross_site', { 'sec-fetch-site': 'cross-site' }, {}],
    ['missing token from a browser', 'stale_form', { ...BROWSER, cookie }, {}],
    ['missing token from a frame without an origin', 'stale_form', { accept: 'application/json', origin: 'null' }, {}],
    ['missing token from a navigation', 'stale_form', { accept: '*/*', 'sec-fetch-mode': 'navigate' }, {}],
    ['another browser’s token', 'stale_form', { ...BROWSER, cookie }, { token: others.token }],
    ['a token without the cookie', 'stale_form', BROWSER, { token }],
    ['a token with an emptied cookie', 'stale_form', { ...BROWSER, cookie: '__Host-parley_form=' }, { token }],
    ['a token with a cookie that another host planted', 'stale_form', { ...BROWSER, cookie: cookie.replace('__Host-', '') }, { token }],
    ['a token of before the login', 'stale_form', { ...BROWSER, cookie }, { token, session: 'somebody' }],
    ['a wrong token from a program', 'stale_form', { cookie }, { token: 'x' }],
  ])('%s is refused', (_attack, code, headers, form) => expect(post(headers, form)).toBe(code));

  it('does not keep out a program that posts the documented fields', () => {
    expect(post({})).toBe('taken');
    expect(post({ accept: 'application/json', origin: 'https://parley.test' })).toBe('taken');
    expect(post({ accept: '*/*', 'sec-fetch-mode': 'cors' })).toBe('taken'); // Node's fetch
  });
});
