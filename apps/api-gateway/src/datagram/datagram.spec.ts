import {
  type AliasDto, AppError, changeAlias, createAlias, deleteAlias, type EntryDto, exchangeOpaqueToken, getAlias, joinAlias, joinOwnAlias, listAliases, openAlias, type RpcContract, unavailable,
} from '@parley/dto';
import { send } from '../testing/http.js';
import { CLIENT, ORG, startTestGateway, type TestGateway } from '../testing/test-gateway.js';

const alias: AliasDto = {
  aliasId: 'aB3xZ', orgId: ORG, sid: 'aB3xZ', type: 'live', name: 'Webinar', passcode: 'p', jwtSecret: 's', streamKey: null, expiresAt: '2026-12-01T09:00:00.000Z', createdAt: '2026-11-01T09:00:00.000Z',
};
const data = { id: 'aB3xZ', type: 'live', name: 'Webinar', passcode: 'p', jwt_secret: 's', stream_key: null, expired_at: 1796115600, inserted_at: 1793523600 };
const entry: EntryDto = {
  entryId: '0192f3a1-0000-7000-8000-000000000002', orgId: ORG, sessionId: '0192f3a1-0000-7000-8000-000000000001', sid: 'aB3xZ', clientId: CLIENT, subscriptionId: null, name: 'Ann', role: 'guest', peerId: 'p',
  enteredAt: alias.createdAt, accessToken: 'a.b.c', leaseUntil: alias.expiresAt, endedAt: null,
};
const jwt = (name: string) => `${Buffer.from('{"alg":"ES256","typ":"at+jwt"}').toString('base64url')}.e30.${name}`;
const aliasJwt = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.c2ln`;
const orgToken = `prl_org_${'A'.repeat(43)}`;
const NEW = { type: 'live', expired_at: 1796115600 };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.services.forget();
  gateway.services.on(exchangeOpaqueToken, ({ token }) => {
    if (token !== orgToken) throw new AppError('unauthenticated', 'token.invalid', 'No.');
    return { accessToken: jwt('good'), expiresIn: 60 };
  });
  gateway.services.on(getAlias, () => alias);
  gateway.services.on(createAlias, () => alias);
  gateway.services.on(changeAlias, () => alias);
  gateway.services.on(deleteAlias, () => alias);
  gateway.services.on(listAliases, () => ({ items: [alias], page: 0, count: 50, next: { page: 1, cursor: 'next-page' } }));
  gateway.services.on(openAlias, () => ({ ...alias, passcode: null, jwtSecret: null }));
  gateway.services.on(joinAlias, () => entry);
  gateway.services.on(joinOwnAlias, () => ({ ...entry, role: 'owner' as const }));
});

interface Sent {
  authorization?: string | undefined;
  body?: unknown;
  type?: string;
}
async function ask(method: string, path: string, { authorization, body, type = 'application/json' }: Sent = {}) {
  const headers = { ...(authorization === undefined ? {} : { authorization }), ...(body === undefined ? {} : { 'content-type': type }) };
  const { status, text, headers: answered } = await send(gateway.url + path, { method, headers, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  return { status, text, headers: answered };
}
const asked = () => gateway.services.asked.map(({ subject }) => subject).filter((subject) => subject !== exchangeOpaqueToken.subject);
const requestOf = (contract: RpcContract) => gateway.services.asked.find(({ subject }) => subject === contract.subject)?.request;
const good = `Bearer ${jwt('good')}`;
const invalid = (status: number) => ({ error: { message: 'INVALID_REQUEST', status, details: expect.any(Array) as unknown } });

const ofOrg: [string, string, string, unknown][] = [
  ['A2', 'GET', '/organization/api/v1/aliases', undefined],
  ['A3', 'POST', '/organization/api/v1/alias/create', NEW],
  ['A4', 'POST', '/organization/api/v1/alias/update/aB3xZ', { name: 'x' }],
  ['A5', 'DELETE', '/organization/api/v1/alias/delete/aB3xZ', undefined],
];

describe.each(ofOrg)('%s.1', (_, method, path, body) => {
  it.each([orgToken, `Bearer ${orgToken}`, `Bearer${orgToken}`, `bearer  ${orgToken}`, jwt('good'), good, `Bearer${jwt('good')}`])('takes the token as %s', async (authorization) => {
    expect((await ask(method, path, { authorization, body })).status).toBe(method === 'POST' && path.endsWith('create') ? 201 : 200);
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'x', 'Bearer x', aliasJwt, `Bearer ${aliasJwt}`, `prl_org_${'B'.repeat(43)}`, jwt('unknown'), jwt('narrow'), jwt('admin'), 'Basic eDp5'])(
    'is 401 with the token %p',
    async (authorization) => {
      const { status, text } = await ask(method, path, { authorization, body });
      expect([status, text]).toEqual([401, '{"error":{"message":"UNAUTHORIZED"}}']);
      expect(asked()).toEqual([]);
    },
  );
});

describe('The answers of the owner’s routes', () => {
  it('A2.2: a page, with where the next one begins', async () => {
    const { text } = await ask('GET', '/organization/api/v1/aliases?type=live&after=here', { authorization: good });
    expect(JSON.parse(text)).toEqual({ after: 'next-page', entries: [{ data }] });
    expect(requestOf(listAliases)).toEqual({ page: 1, count: 50, cursor: 'here', type: 'live' });
  });

  it('A2.3: null at the end', async () => {
    gateway.services.on(listAliases, () => ({ items: [], page: 0, count: 50 }));
    expect((await ask('GET', '/organization/api/v1/aliases', { authorization: good })).text).toBe('{"after":null,"entries":[]}');
  });

  it.each(['type=other', 'type=', 'type=live&type=live', 'after=', 'after=a&after=b', `after=${'x'.repeat(257)}`])('A2.4: 400 for %s', async (query) => {
    const { status, text } = await ask('GET', `/organization/api/v1/aliases?${query}`, { authorization: good });
    expect([status, JSON.parse(text)]).toEqual([400, invalid(400)]);
  });

  it('A3.2: the fields in their order, unset ones null', async () => {
    const { status, text } = await ask('POST', '/organization/api/v1/alias/create', { authorization: good, body: { ...NEW, passcode: null, stream_key: true, sid: 'room' } });
    expect([status, text]).toEqual([201, JSON.stringify({ data })]);
    expect(requestOf(createAlias)).toEqual({ type: 'live', expiresAt: '2026-12-01T09:00:00.000Z', passcode: null, streamKey: true, sid: 'room' });
  });

  it('A4.2: what is named, null included', async () => {
    await ask('POST', '/organization/api/v1/alias/update/aB3xZ', { authorization: good, body: { passcode: null, expired_at: 0, more: 1 } });
    expect(requestOf(changeAlias)).toEqual({ aliasId: 'aB3xZ', change: { passcode: null, expiresAt: '1970-01-01T00:00:00.000Z' } });
  });

  it('A5.2: says that it is done', async () => {
    expect((await ask('DELETE', '/organization/api/v1/alias/delete/aB3xZ', { authorization: good })).text).toBe('{"message":"Alias deleted successfully."}');
  });

  it.each<[string, string, string, object | undefined, RpcContract, number, string]>([
    ['A4.3', 'POST', '/organization/api/v1/alias/update/aB3xZ', { name: 'x' }, changeAlias, 400, '{"error":{"message":"NOT_FOUND","status":400}}'],
    ['A5.3', 'DELETE', '/organization/api/v1/alias/delete/aB3xZ', undefined, deleteAlias, 404, '{"error":{"message":"Alias not found"}}'],
  ])('%s: one that is not there, or another org’s', async (_, ...[method, path, body, contract, status, text]) => {
    gateway.services.refuse(contract, new AppError('not_found', 'alias.not_found', 'No.'));
    expect(await ask(method, path, { authorization: good, body })).toMatchObject({ status, text });
  });
});

const long = (length: number, letter = 'x') => letter.repeat(length);
const badFields: Record<string, unknown[]> = {
  type: [null, '', 'Live', 'other', 1, ['live'], {}],
  expired_at: [null, '', '1796115600', 1.5, -1, 1e15, true, [], '2026-12-01'],
  name: ['', long(257), 7, [], {}, false, 'a\u0000b', '\ud800'],
  passcode: ['', long(129), 7, [], true, '\udc00'],
  jwt_secret: ['', long(4097), long(2049, 'é'), 7, {}, true],
  stream_key: ['', long(257), 7, false, [], {}],
  sid: ['', long(257), null, 7, 'a\u0000b'],
};
const goodFields: Record<string, unknown[]> = {
  name: [null, 'x', long(256), long(256, '🙂'), 'ключ'],
  passcode: [null, ' ', long(128), long(128, '🙂'), '\u0000'],
  jwt_secret: [null, 's', long(4096), long(2048, 'é')],
  stream_key: [null, true, 'k', long(256)],
  expired_at: [0, 1, 253_402_300_799],
};
const each = (fields: Record<string, unknown[]>): [string, unknown][] => Object.entries(fields).flatMap(([field, values]) => values.map((value): [string, unknown] => [field, value]));

describe('Input', () => {
  it.each(each(badFields))('V.1: %s = %j is refused by A3, and by A4 where A4 has it', async (field, value) => {
    const paths = field === 'sid' ? ['create'] : ['create', 'update/aB3xZ'];
    for (const path of paths) {
      const { status, text } = await ask('POST', `/organization/api/v1/alias/${path}`, { authorization: good, body: { ...NEW, [field]: value } });
      expect([status, JSON.parse(text)]).toEqual([400, invalid(400)]);
      expect(Object.keys((JSON.parse(text) as { error: object }).error)).toEqual(['message', 'status', 'details']);
      expect(text).toContain(`"path":"${field}"`);
    }
    expect(asked()).toEqual([]);
  });

  it.each(each(goodFields))('V.2: %s = %j is taken', async (field, value) => {
    expect((await ask('POST', '/organization/api/v1/alias/create', { authorization: good, body: { ...NEW, [field]: value } })).status).toBe(201);
  });

  it.each([['type'], ['expired_at']])('V.3: A3 wants %s', async (field) => {
    const { [field]: _, ...rest } = NEW as Record<string, unknown>;
    expect((await ask('POST', '/organization/api/v1/alias/create', { authorization: good, body: rest })).status).toBe(400);
  });

  it.each([
    ['no body', undefined, undefined],
    ['an empty object', {}, undefined],
    ['unknown fields alone', { nothing: 1 }, undefined],
    ['no JSON', '{', undefined],
    ['a list', [], undefined],
    ['null', 'null', undefined],
    ['a form', 'name=x', 'application/x-www-form-urlencoded'],
    ['text', '{"name":"x"}', 'text/plain'],
    ['XML', '<a/>', 'application/xml'],
    ['something like JSON', '{"name":"x"}', 'application/jsonp'],
  ])('V.4: %s is 400 in A3 and A4', async (_, body, type) => {
    for (const path of ['create', 'update/aB3xZ']) {
      const { status, text } = await ask('POST', `/organization/api/v1/alias/${path}`, { authorization: good, body, ...(type ? { type } : {}) });
      expect([status, JSON.parse(text)]).toEqual([400, invalid(400)]);
    }
  });
});

describe('A1', () => {
  const see = (query = '', authorization?: string) => ask('GET', `/api/v1/alias/aB3xZ${query}`, { authorization });

  it('A1.1: hands on what was shown', async () => {
    await see('?passcode=p%20w', 'Bearer some.jwt.here');
    expect(requestOf(openAlias)).toEqual({ aliasId: 'aB3xZ', passcode: 'p w', token: 'some.jwt.here' });
  });

  it.each(['?passcode=a&passcode=b', '?passcode[]=a', ''])('A1.2: %s is no passcode', async (query) => {
    await see(query);
    expect(requestOf(openAlias)).toEqual({ aliasId: 'aB3xZ', token: undefined });
  });

  it.each([orgToken, `Bearer${orgToken}`, good])('A1.3: its org sees the secrets: %s', async (authorization) => {
    expect(JSON.parse((await see('', authorization)).text)).toEqual({ data });
  });

  it.each([jwt('foreign'), `prl_org_${'B'.repeat(43)}`, jwt('narrow'), jwt('unknown')])('A1.4: what is no token of its org counts as an alias JWT: %s', async (authorization) => {
    gateway.services.refuse(getAlias, new AppError('not_found', 'alias.not_found', 'No.'));
    expect(JSON.parse((await see('', authorization)).text)).toEqual({ data: { ...data, passcode: null, jwt_secret: null } });
    expect(requestOf(openAlias)).toEqual({ aliasId: 'aB3xZ', token: authorization });
  });

  it('A1.5: an alias JWT is no business of auth-service', async () => {
    gateway.services.refuse(exchangeOpaqueToken, unavailable('The auth service'));
    expect((await see('', aliasJwt)).status).toBe(200);
    expect((await see('', orgToken.replace('A', 'C'))).status).toBe(503);
  });

  it.each([
    [new AppError('invalid', 'alias.unknown', ''), 400, '{"error":{"message":"NOT_FOUND","status":400}}'],
    [new AppError('not_found', 'alias.not_found', ''), 404, '{"error":{"message":"Alias not found"}}'],
    [new AppError('invalid', 'alias.protected', ''), 400, '{"error":{"message":"UNAUTHORIZED","status":400}}'],
    [new AppError('unauthenticated', 'alias.token', ''), 401, '{"error":{"message":"UNAUTHORIZED"}}'],
    [new AppError('rate_limited', 'alias.guesses', '', { retryAt: new Date(Date.now() + 600_000).toISOString() }), 429, '{"error":{"message":"TOO_MANY_REQUESTS","status":429}}'],
    [unavailable('The session service'), 503, '{"error":{"message":"UNAVAILABLE","status":503}}'],
  ])('A1.6: %s', async (error, status, text) => {
    gateway.services.refuse(openAlias, error);
    const answer = await see();
    expect([answer.status, answer.text]).toEqual([status, text]);
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    if (status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(300);
  });

  it('A1.7: no id is too odd', async () => {
    expect((await ask('GET', `/api/v1/alias/${encodeURIComponent('\u0000/ü')}`)).status).toBe(200);
    expect((await ask('GET', '/api/v1/alias/%ff')).status).toBe(400);
    expect((await ask('PUT', '/api/v1/alias/x')).text).toBe('{"error":{"message":"METHOD_NOT_ALLOWED","status":405}}');
    const head = await ask('HEAD', '/api/v1/alias/aB3xZ');
    expect([head.status, head.text, head.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect((await ask('GET', '/organization/api/v1/other')).text).toBe('{"error":{"message":"NOT_FOUND","status":404}}');
  });
});

describe('Joining', () => {
  const join = (sent: Sent = {}) => ask('POST', '/api/v1/alias/aB3xZ/join?passcode=p', sent);

  it('J.1: answers like a session link', async () => {
    const { status, text } = await join({ body: { name: 'Ann' }, authorization: aliasJwt });
    expect([status, JSON.parse(text)]).toMatchObject([200, { content: { name: 'Ann', accessToken: 'a.b.c', sessionId: 'aB3xZ', subscriptionId: null, role: 'guest' }, _links: { self: { href: `/v1/orgs/${ORG}/sessions/aB3xZ` } } }]);
    expect(requestOf(joinAlias)).toEqual({ aliasId: 'aB3xZ', passcode: 'p', token: aliasJwt, name: 'Ann' });
  });

  it('J.2: by its org as a host, and with no body at all', async () => {
    expect(JSON.parse((await join({ authorization: orgToken })).text)).toMatchObject({ content: { role: 'owner' } });
  });

  it('J.3: refusals of admission are told as a session link tells them', async () => {
    gateway.services.refuse(joinAlias, new AppError('conflict', 'session.full', 'Full.', { limit: 5, current: 5 }));
    expect(await join()).toMatchObject({ status: 409, text: '{"error":{"limit":5,"current":5,"message":"Full.","code":"session.full"}}' });
  });

  it.each([[{ name: '' }], [{ name: 7 }], [{ name: null }], [{ name: 'x'.repeat(257) }], [[]], ['{']])('J.4: %j is refused', async (body) => {
    expect((await join({ body })).status).toBe(400);
  });
});

it('logs nothing of what was shown', async () => {
  gateway.logs.length = 0;
  await ask('GET', '/api/v1/alias/canary-id?passcode=canary-passcode', { authorization: 'Bearer canary.canary.canary' });
  await ask('POST', '/organization/api/v1/alias/create', { authorization: good, body: { ...NEW, passcode: 'canary', jwt_secret: 'canary', stream_key: 'canary' } });
  expect(gateway.logs.length).toBeGreaterThan(0);
  expect(JSON.stringify(gateway.logs)).not.toContain('canary');
});
