import { AppError, findCall, listOngoingCalls, placeCall, readTokenCarriage, stopCall, unavailable, type UserCallDto } from '@parley/dto';
import { XMLParser } from 'fast-xml-parser';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.js';

const TOKEN = 'QkI2mJ0aR4yS7fWq1bXz9A';
const call: UserCallDto = {
  ...{ callId: '0192f3a1-0000-7000-8000-000000000003', orgId: 'org-1', userId: 'user-1', username: 'ada <&> "x"', clientId: 'key-1', number: '<a>&\'"', token: TOKEN },
  ...{ state: 'queued', autoEnd: false, placedAt: '2026-11-01T09:00:00.000Z', answeredAt: null, expiresAt: '2026-11-01T13:00:00.000Z', endedAt: null, endReason: null, durationSeconds: 61 },
};
const ended: UserCallDto = { ...call, state: 'completed', endedAt: '2026-12-02T10:02:03.000Z', durationSeconds: 93_784 };
const limit = new AppError('conflict', 'call.limit', 'You have 2 ongoing calls & no more.', { limit: 2, current: 2, retryAt: '2030-01-01T00:00:00.500Z' });
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ PARLEY_PUBLIC_URL: 'https://calls.example/base/' });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.services.forget();
  gateway.services.on(placeCall, () => call);
  gateway.services.on(stopCall, () => ended);
  gateway.services.on(findCall, () => call);
  gateway.services.on(listOngoingCalls, () => ({ items: [call], next: null }));
});

interface Request {
  token?: string | null;
  headers?: Record<string, string>;
  body?: string | Buffer;
}
interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

async function ask(method: string, query = '', { token = jwt('user'), headers = {}, body }: Request = {}): Promise<Answer> {
  const sent: Record<string, string> = token === null ? headers : { authorization: `Bearer ${token}`, ...headers };
  const response = await fetch(`${gateway.url}/rest/call${query}`, { method, redirect: 'manual', headers: sent, ...(body === undefined ? {} : { body: body as string }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const codeOf = ({ text }: Answer): unknown => (JSON.parse(text) as { code: string }).code;
const lastAsked = (): unknown => gateway.services.asked.at(-1)?.request;
const subjects = (): string[] => gateway.services.asked.map(({ subject }) => subject);
/** Looks like a JWT, so that nobody takes it for something else. */
function jwt(name: string): string {
  return `eyJhbGciOiJFUzI1NiJ9.e30.${name}`;
}

describe('a token', () => {
  it.each<[string, string, Request]>([
    ['in Authorization', '?number=1', {}],
    ['in Authorization, in another case', '?number=1', { token: null, headers: { authorization: `bearer ${jwt('user')}` } }],
    ['in Authentication', '?number=1', { token: null, headers: { authentication: `Bearer ${jwt('user')}` } }],
    ['in the query', `?number=1&access_token=${jwt('user')}`, { token: null }],
    ['in a form', '', { token: null, headers: form, body: `number=1&access_token=${jwt('user')}` }],
    ['in the query, beside other credentials', `?number=1&access_token=${jwt('user')}`, { token: null, headers: { authorization: 'Basic YTpi' } }],
    ['twice the same', `?number=1&access_token=${jwt('user')}`, {}],
  ])('is taken %s', async (_, query, request) => {
    gateway.services.on(readTokenCarriage, () => ({ queryToken: true }));

    expect((await ask('POST', query, request)).status).toBe(201);
  });

  it.each<[string, number, string, string | null, Request, string]>([
    ['none', 401, 'token.missing', 'Bearer', { token: null }, ''],
    ['a forged one', 401, 'token.invalid', 'Bearer error="invalid_token"', { token: jwt('forged') }, ''],
    ['a forged one in the query', 401, 'token.invalid', 'Bearer error="invalid_token"', { token: null }, `?access_token=${jwt('forged')}`],
    ['an empty one in the query', 401, 'token.invalid', 'Bearer error="invalid_token"', { token: null }, '?access_token='],
    ['what could be no token', 401, 'token.invalid', 'Bearer error="invalid_token"', { token: null }, '?access_token=a%0d%0ab'],
    ['other credentials only', 401, 'token.missing', 'Bearer', { token: null, headers: { authorization: 'Basic YTpi' } }, ''],
    ['two that differ', 400, 'token.twice', null, {}, `?access_token=${jwt('good')}`],
    ['one without the scope', 403, 'token.scope', 'Bearer error="insufficient_scope", scope="call"', { token: jwt('unasked') }, ''],
    ['the application’s own', 403, 'call.no_user', null, { token: jwt('narrow') }, ''],
    ['a token in JSON, where none is looked for', 401, 'token.missing', 'Bearer', { token: null, headers: json, body: `{"access_token":"${jwt('user')}"}` }, ''],
  ])('%s: %i %s', async (...[, status, code, challenge, request, query]) => {
    for (const method of request.body ? ['POST', 'PUT'] : ['POST', 'PUT', 'GET']) {
      const answer = await ask(method, query, request);
      expect([answer.status, codeOf(answer), answer.headers.get('www-authenticate')]).toEqual([status, code, challenge]);
    }
    expect(subjects()).toEqual([]);
  });

  it('in the query or a form is 401 for an application that may not send it there, and nothing is done', async () => {
    gateway.services.on(readTokenCarriage, () => ({ queryToken: false }));
    await new Promise((resolve) => setTimeout(resolve, 510)); // what was answered before is believed for half a second

    const answers = [await ask('POST', `?number=1&access_token=${jwt('user')}`, { token: null }), await ask('POST', '', { token: null, headers: form, body: `number=1&access_token=${jwt('user')}` })];

    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([[401, 'token.place'], [401, 'token.place']]);
    expect(subjects()).toEqual([readTokenCarriage.subject]);
  });

  it('is never in the log', async () => {
    await ask('POST', `?access_token=${jwt('forged')}`, { token: null });

    expect(JSON.stringify(gateway.logs)).not.toContain('forged');
  });
});

describe('POST', () => {
  it('answers 201 with nothing but the place of the call, under the public address', async () => {
    const answer = await ask('POST', '?number=1', { headers: { 'x-forwarded-host': 'evil.test' } });

    expect([answer.status, answer.text, answer.headers.get('location')]).toEqual([201, '', `https://calls.example/base/rest/call?token_call=${TOKEN}`]);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  it.each<[string, string, Request, unknown]>([
    ['the query', '?number=%2B47+1', {}, { number: '+47 1' }],
    ['a form', '', { headers: form, body: 'number=%2B471&autoEnd=true' }, { number: '+471', autoEnd: 'true' }],
    ['a form with a charset', '', { headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' }, body: 'number=%C3%A6' }, { number: 'æ' }],
    ['JSON', '', { headers: json, body: '{"number":"1","autoEnd":true,"else":{}}' }, { number: '1', autoEnd: true }],
    ['both, the same', '?number=1', { headers: json, body: '{"number":"1"}' }, { number: '1' }],
    ['both, different', '?number=1', { headers: json, body: '{"number":"2"}' }, { number: null }],
    ['the query twice', '?number=1&number=2', {}, { number: null }],
    ['nowhere', '', {}, {}],
    ['what is no text', '', { headers: json, body: '{"number":17,"autoEnd":1}' }, { number: null, autoEnd: null }],
    ['a list', '', { headers: json, body: '{"number":["1"]}' }, { number: null }],
    ['a very long text', `?number=${'1'.repeat(9000)}`, {}, { number: '1'.repeat(64) }],
    ['a body that is no JSON', '', { headers: json, body: '{' }, {}],
  ])('takes the input from %s', async (_, query, request, wishes) => {
    await ask('POST', query, request);

    expect(lastAsked()).toEqual({ number: undefined, autoEnd: undefined, ...(wishes as object) });
  });

  it.each<[string, Request, number, string]>([
    ['JSON that is cut off', { headers: json, body: '{"number":' }, 400, 'request.json'],
    ['JSON that is no object', { headers: json, body: '["number"]' }, 400, 'request.json'],
    ['JSON that is not UTF-8', { headers: json, body: Buffer.from([0x7b, 0xff, 0x7d]) }, 400, 'request.json'],
    ['a form that is not UTF-8', { headers: form, body: Buffer.from([0xff]) }, 400, 'request.form'],
    ['another type', { headers: { 'content-type': 'text/plain' }, body: 'number=1' }, 415, 'request.media_type'],
    ['nothing wrong but the number', {}, 400, 'call.number'],
  ])('%s is told after the limit: first the limit, then what is wrong', async (_, request, status, code) => {
    gateway.services.refuse(placeCall, limit);
    expect((await ask('POST', '', request)).status).toBe(409);

    gateway.services.refuse(placeCall, new AppError('invalid', 'call.number', 'number must be given.'));
    const answer = await ask('POST', '', request);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('PUT', () => {
  it.each<[string, string, Request]>([
    ['the query', `?token_call=${TOKEN}`, {}],
    ['a form', '', { headers: form, body: `token_call=${TOKEN}` }],
    ['JSON', '', { headers: json, body: `{"token_call":"${TOKEN}"}` }],
  ])('stops the call that %s names: 200, the same place', async (_, query, request) => {
    const answer = await ask('PUT', query, request);

    expect([answer.status, answer.text, answer.headers.get('location')]).toEqual([200, '', `https://calls.example/base/rest/call?token_call=${TOKEN}`]);
    expect(lastAsked()).toEqual({ token: TOKEN });
  });

  it.each<[string, string, Request, string]>([
    ['nothing', '', {}, 'call.token_call'],
    ['an empty name', '?token_call=', {}, 'call.token_call'],
    ['two names', '?token_call=a&token_call=b', {}, 'call.token_call'],
    ['no text', '', { headers: json, body: '{"token_call":1}' }, 'call.token_call'],
    ['true', '', { headers: json, body: '{"token_call":true}' }, 'call.token_call'],
    ['broken JSON', '', { headers: json, body: '{' }, 'request.json'],
  ])('is 400 for %s', async (_, query, request, code) => {
    const answer = await ask('PUT', query, request);

    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
    expect(subjects()).toEqual([]);
  });

  it('is 409 for a call that is not there, or somebody else’s', async () => {
    gateway.services.refuse(stopCall, new AppError('conflict', 'call.unknown', 'You have no call with this token_call.'));

    expect((await ask('PUT', '?token_call=x')).status).toBe(409);
  });
});

describe('GET', () => {
  const info = { duration: '0:01:01', number: '<a>&\'"', token: TOKEN, start: '01/11/2026 09:00:00', end: 'Call Ongoing' };

  it('tells one call', async () => {
    const answer = await ask('GET', `?token_call=${TOKEN}`);

    expect([answer.status, answer.headers.get('content-type'), JSON.parse(answer.text)]).toEqual([200, 'application/json; charset=utf-8', { info, user: { username: 'ada <&> "x"' } }]);
  });

  it('tells when a call has ended, and how long it was', async () => {
    gateway.services.on(findCall, () => ended);

    const answer = JSON.parse((await ask('GET', `?token_call=${TOKEN}`)).text) as { info: unknown };
    expect(answer.info).toEqual({ ...info, duration: '1 day, 2:03:04', end: '02/12/2026 10:02:03' });
  });

  it('lists the ongoing calls of every page, or none', async () => {
    gateway.services.on(listOngoingCalls, ({ after }) => (after === undefined ? { items: [call], next: 'there' } : { items: [call], next: null }));
    expect(JSON.parse((await ask('GET')).text)).toEqual([{ info }, { info }]);

    gateway.services.on(listOngoingCalls, () => ({ items: [], next: null }));
    expect((await ask('GET')).text).toBe('[]');
    expect((await ask('GET', '', { headers: { accept: 'application/xml' } })).text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<calls></calls>');
  });

  it('tells the same as XML, escaped', async () => {
    const parser = new XMLParser({ parseTagValue: false });
    const one = await ask('GET', `?token_call=${TOKEN}`, { headers: { accept: 'application/xml' } });
    const list = await ask('GET', '', { headers: { accept: 'text/xml' } });

    expect(one.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    expect(one.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<call><info><duration>0:01:01</duration><number>&lt;a&gt;&amp;&apos;&quot;</number><token>${TOKEN}</token><start>01/11/2026 09:00:00</start><end>Call Ongoing</end></info><user><username>ada &lt;&amp;&gt; &quot;x&quot;</username></user></call>`,
    );
    expect(list.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect((parser.parse(list.text) as { calls: unknown }).calls).toEqual({ call: { info } });
  });

  it('holds nothing that XML can’t', async () => {
    gateway.services.on(findCall, () => ({ ...call, username: 'a\u0001\ufffe\u0085b' }));

    expect((await ask('GET', `?token_call=${TOKEN}`, { headers: { accept: 'application/xml' } })).text).toContain('<username>a\ufffd\ufffd\u0085b</username>');
  });

  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/xml', 'application/xml'],
    ['text/xml', 'text/xml'],
    ['text/*', 'text/xml'],
    ['application/*', 'json'],
    ['application/xml, */*', 'json'],
    ['application/xml, application/json', 'json'],
    ['application/json;q=0.5, application/xml;q=0.6', 'application/xml'],
    ['application/json;q=0.6, application/xml;q=0.6', 'json'],
    ['application/xml;q=0.1, */*;q=0', 'application/xml'],
    ['application/xml;q=0', 'json'],
    ['application/xml;q=nonsense', 'json'],
    ['text/html, application/xml;q=0.9, */*;q=0.8', 'application/xml'],
    ['image/png', 'json'],
    ['', 'json'],
  ])('Accept: %s gives %s', async (accept, type) => {
    const answer = await ask('GET', '', accept === undefined ? {} : { headers: { accept } });

    expect(answer.headers.get('content-type')).toBe(`${type === 'json' ? 'application/json' : type}; charset=utf-8`);
    expect(answer.headers.get('vary')).toBe('Accept');
  });
});

describe('a failure', () => {
  const retryAt = Date.parse('2030-01-01T00:00:01.000Z') / 1000;

  it('at the limit says how many, and when to come back, in both forms and in the headers', async () => {
    gateway.services.refuse(placeCall, limit);

    const asJson = await ask('POST', '?number=1');
    const asXml = await ask('POST', '?number=1', { headers: { accept: 'text/xml' } });

    expect([asJson.status, JSON.parse(asJson.text)]).toEqual([409, { error: 'You have 2 ongoing calls & no more.', code: 'call.limit', limit: 2, current: 2, retryAt }]);
    expect([asXml.status, asXml.headers.get('content-type')]).toEqual([409, 'text/xml; charset=utf-8']);
    expect(asXml.text).toBe(`<?xml version="1.0" encoding="UTF-8"?>\n<error limit="2" current="2" retryAt="${retryAt}" code="call.limit">You have 2 ongoing calls &amp; no more.</error>`);
    expect(asJson.headers.get('ratelimit-policy')).toBe('"ongoing-calls";q=2;qu="concurrent-requests"');
    expect(asJson.headers.get('ratelimit')).toMatch(/^"ongoing-calls";r=0;t=\d+$/);
  });

  it('at a limit that no waiting changes says so', async () => {
    gateway.services.refuse(placeCall, new AppError('conflict', 'call.limit', 'None.', { limit: 0, current: 0, retryAt: null }));

    const answer = await ask('POST', '?number=1');
    expect([JSON.parse(answer.text), answer.headers.get('ratelimit')]).toEqual([{ error: 'None.', code: 'call.limit', limit: 0, current: 0, retryAt: null }, '"ongoing-calls";r=0']);
  });

  it.each<[string, string, string, number, string]>([
    ['DELETE', '', '*/*', 405, '{"allow":["GET","HEAD","OPTIONS","POST","PUT"],"error":"This address takes GET, HEAD, OPTIONS, POST, PUT only.","code":"route.method"}'],
    ['GET', '/elsewhere', 'text/xml', 404, '<?xml version="1.0" encoding="UTF-8"?>\n<error code="route.not_found">There is nothing at this address.</error>'],
  ])('%s %s has the same form', async (...[method, path, accept, status, text]) => {
    const answer = await ask(method, path, { headers: { accept } });

    expect([answer.status, answer.text]).toEqual([status, text]);
  });

  it('that is ours says nothing but that it is; one that may have done something says that', async () => {
    gateway.services.refuse(placeCall, unavailable('The call service', { outcome: 'unknown' }));
    const answer = await ask('POST', '?number=1', { headers: { accept: 'application/xml' } });

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(answer.text).toContain('<error outcome="unknown" code="unavailable">');
  });
});
