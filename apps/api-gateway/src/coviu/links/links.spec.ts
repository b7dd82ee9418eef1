import { AppError, enterByLink, previewLink, type ReplyOf } from '@parley/dto';
import { send } from '../../testing/http.js';
import { startTestGateway, type TestGateway } from '../../testing/test-gateway.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const at = '2026-11-01T09:00:00.000Z';
const entry: ReplyOf<typeof enterByLink> = {
  entryId: 'e-1', orgId: 'org-1', sessionId: 'o-1', sid: 'room', clientId: 'key-1', subscriptionId: 's-1', name: 'Ann', role: 'guest', peerId: 'p', enteredAt: at, accessToken: 'a.b.c', leaseUntil: at, endedAt: null,
};
type Preview = ReplyOf<typeof previewLink>;
const preview: Preview = { name: 'Ann', role: 'guest', sid: 'room', picture: null, returnUrl: null, state: 'waiting', participants: 0 };
const expired = new AppError('forbidden', 'link.expired', 'This link has expired.');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.services.forget();
  gateway.services.on(enterByLink, () => entry);
  gateway.services.on(previewLink, () => preview);
});

const open = (link: string, accept?: string, method = 'GET') => send(`${gateway.url}/v1/session/${link}`, { method, headers: accept === undefined ? {} : { accept } });
const asked = () => gateway.services.asked.map(({ subject }) => subject);

describe('A session link', () => {
  it.each(['*/*', 'application/json', 'application/json, text/plain, */*'])('L.6: lets a program in (%s)', async (accept) => {
    const answer = await open('h.p.s', accept);
    expect(gateway.services.asked).toEqual([{ subject: enterByLink.subject, request: { link: 'h.p.s' } }]);
    expect([answer.status, answer.body.content]).toMatchObject([200, { entryId: 'e-1', accessToken: 'a.b.c', sessionId: 'room' }]);
  });

  it.each([[BROWSER, 'GET'], ['text/html', 'GET'], ['*/*', 'HEAD'], ['application/json', 'HEAD']])('L.7: grants nothing to %s by %s', async (accept, method) => {
    const answer = await open('h.p.s', accept, method);
    expect([answer.status, asked()]).toEqual([200, [previewLink.subject]]);
  });

  it.each(['*/*', BROWSER])('L.8: leaves no trace, granted or refused (%s)', async (accept) => {
    const trace = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex', vary: 'accept' };
    const granted = await open('h.p.s', accept);
    gateway.services.refuse(enterByLink, expired);
    gateway.services.refuse(previewLink, expired);
    const refused = await open('h.p.s', accept);
    expect([granted.status, refused.status]).toEqual([200, 403]);
    for (const { headers } of [granted, refused]) expect(Object.fromEntries(headers)).toMatchObject(trace);
  });

  it('L.1: may be 8192 characters long', async () => {
    expect((await open('x'.repeat(8192))).status).toBe(200);
    const longer = await open('x'.repeat(8193));
    expect([longer.status, longer.body.error, longer.headers.get('www-authenticate'), asked()]).toEqual([
      401,
      { message: 'This link is not valid.', code: 'link.invalid' },
      'Bearer error="invalid_token"',
      [enterByLink.subject],
    ]);
  });

  it('L.5: tells what the service refused', async () => {
    gateway.services.refuse(enterByLink, new AppError('conflict', 'session.full', 'Full.', { limit: 5, current: 5 }));
    const answer = await open('h.p.s');
    expect([answer.status, answer.body.error]).toEqual([409, { message: 'Full.', code: 'session.full', limit: 5, current: 5 }]);
  });
});

describe('The page of a link', () => {
  it('L.7: says who comes, to what, and who is there', async () => {
    gateway.services.on(previewLink, (): Preview => ({ ...preview, role: 'owner', sid: 'Monday 9:00', state: 'open', participants: 2 }));
    const { text, headers } = await open('h.p.s', BROWSER);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const part of ['<h1>Ann</h1>', 'the host', '<dd>Monday 9:00</dd>', 'In progress', '2 of 5 taken', '>Join</button>']) expect(text).toContain(part);
  });

  it('L.7: loads and runs nothing but its own', async () => {
    const { text, headers } = await open('h.p.s', BROWSER);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='; script-src 'sha256-[\w+/]+='; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(text).not.toMatch(/https?:|src=|style=|onclick=/);
  });

  it('L.7: shows what people wrote as text', async () => {
    const evil = `"><script>alert(1)</script>'&`;
    gateway.services.on(previewLink, () => ({ ...preview, name: evil, sid: evil, picture: `https://a.example/${evil}`, returnUrl: `https://b.example/?${evil}` }));
    const { text } = await open('h.p.s', BROWSER);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;');
    expect(text).toContain('data-return="https://b.example/?%22%3E%3Cscript%3Ealert(1)%3C/script%3E%27&amp;"');
  });

  it('L.7: shows a picture from the web, and goes nowhere else', async () => {
    gateway.services.on(previewLink, () => ({ ...preview, picture: 'https://a.example/ann.png', returnUrl: 'javascript:alert(1)' }));
    const { text, headers } = await open('h.p.s', BROWSER);
    expect(text).toContain('<img class="face" src="https://a.example/ann.png" alt="" referrerpolicy="no-referrer">');
    expect(headers.get('content-security-policy')).toContain('img-src http: https:');
    expect(text).not.toContain('javascript:');
  });

  it.each([
    [401, new AppError('unauthenticated', 'link.invalid', 'This link is not valid.')],
    [403, expired],
    [503, new AppError('unavailable', 'unavailable', 'Try again.')],
  ])('L.7: a refusal with %i is a page, too', async (status, error) => {
    gateway.services.refuse(previewLink, error);
    const answer = await open('h.p.s', BROWSER);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.text).toContain(error.message);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^;]+; base-uri 'none'/);
  });
});
