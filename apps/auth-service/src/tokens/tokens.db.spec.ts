import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Sealer, uuidv7 } from '@parley/persistence';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { newClientSecret } from '../clients/client.entity.js';
import { askToken, type AuthSystem, basic, claimsOf, send, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';

const COVIU = '/v1/auth/token';
const STANDARD = '/oauth/token';
const credentialsGrant = { grant_type: 'client_credentials' };
const FORM = 'application/x-www-form-urlencoded';

let auth: AuthSystem;
let client: TestClient;

beforeAll(async () => {
  auth = await startAuth();
  client = await auth.newClient();
});
afterAll(() => auth.stop());

/** Longer than a client is remembered. */
const forgetClients = () => new Promise((resolve) => setTimeout(resolve, 550));

describe('client credentials', () => {
  it('give an API client of Coviu an access token and a refresh token', async () => {
    const { status, headers, body } = await askToken(auth.url, client, credentialsGrant);

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_in: 3600,
      token_type: 'Bearer',
      scope: 'coviu-enterprise-api',
    });
  });

  it('give an RFC 9068 token that the published keys verify', async () => {
    const { body } = await askToken(auth.url, client, credentialsGrant);

    const keys = createRemoteJWKSet(new URL(`${auth.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(body.access_token, keys, { issuer: 'https://parley.test', audience: 'urn:parley:api', typ: 'at+jwt' });

    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({
      sub: client.clientId,
      client_id: client.clientId,
      org_id: client.orgId,
      userId: client.clientId,
      scope: 'coviu-enterprise-api',
      jti: expect.any(String),
    });
    expect([3599, 3600]).toContain(Number(payload.exp) - Number(payload.iat)); // the engine reads the clock twice
  });

  it('give no refresh token on the standard endpoint', async () => {
    const { status, body } = await askToken(auth.url, client, credentialsGrant, STANDARD);

    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
  });

  it('are taken from the body on the standard endpoint', async () => {
    const form = new URLSearchParams({ ...credentialsGrant, client_id: client.clientId, client_secret: client.secret });

    expect(await send(auth.url + STANDARD, { method: 'POST', body: form })).toMatchObject({ status: 200 });
  });

  it('leave a row in the ledger that knows the authorization', async () => {
    const { body } = await askToken(auth.url, client, credentialsGrant);

    const [row] = await auth.sql<{ client: string; grants: number }>(
      `select a.client_id as client, (select count(*) from oauth_artifact g where g.grant_id = a.grant_id) as grants
       from oauth_artifact a where model = 'ClientCredentials' and id_hash = translate(encode(sha256($1::bytea), 'base64'), '+/=', '-_')`,
      [claimsOf(body.access_token)['jti']],
    );
    expect(row).toEqual({ client: client.clientId, grants: 2 });
  });

  it('ignore what they do not know', async () => {
    const form = { ...credentialsGrant, audience: 'x', constructor: 'y', resource: 'https://elsewhere.test' };

    expect(await askToken(auth.url, client, form)).toMatchObject({ status: 200 });
  });
});

describe('a client with several scopes', () => {
  let admin: TestClient;

  beforeAll(async () => {
    admin = await auth.newClient();
    await auth.sql(`update api_client set scopes = '{coviu-enterprise-api,admin}' where id = $1`, [admin.clientId]);
    await forgetClients();
  });

  it.each([COVIU, STANDARD])('gets all of them by default on %s', async (path) => {
    const { body } = await askToken(auth.url, admin, credentialsGrant, path);

    expect(body.scope).toBe('coviu-enterprise-api admin');
    expect(claimsOf(body.access_token)['scope']).toBe('coviu-enterprise-api admin');
  });

  it('gets those that it asks for, and no more by a refresh', async () => {
    const { body } = await askToken(auth.url, admin, { ...credentialsGrant, scope: 'admin' });
    expect(body.scope).toBe('admin');

    const refreshed = await askToken(auth.url, admin, { grant_type: 'refresh_token', refresh_token: body.refresh_token });
    expect(refreshed.body.scope).toBe('admin');
    const widened = await askToken(auth.url, admin, { grant_type: 'refresh_token', refresh_token: refreshed.body.refresh_token, scope: 'admin coviu-enterprise-api' });
    expect(widened).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it.each(['call', 'admin call', 'openid', '*'])('is refused the scope %s', async (scope) => {
    expect(await askToken(auth.url, admin, { ...credentialsGrant, scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });
});

describe.each([COVIU, STANDARD])('%s', (path) => {
  const post = (authorization: string | undefined, body = 'grant_type=client_credentials', type: string | undefined = FORM) =>
    send(auth.url + path, { method: 'POST', body, headers: { ...(authorization === undefined ? {} : { authorization }), 'content-type': type } });

  it.each<[string, () => string | undefined]>([
    ['no credentials', () => undefined],
    ['an unknown client', () => basic({ clientId: 'c0ffee00-0000-4000-8000-000000000000', secret: client.secret })],
    ['a wrong secret', () => basic({ ...client, secret: `${client.secret.slice(0, -1)}_` })],
    ['a secret that only begins right', () => basic({ ...client, secret: client.secret.slice(0, -1) })],
    ['no secret', () => basic({ ...client, secret: '' })],
    ['no client', () => basic({ clientId: '', secret: client.secret })],
    ['no colon', () => `Basic ${Buffer.from(client.clientId).toString('base64')}`],
    ['broken base64', () => 'Basic !!!'],
    ['broken percent-encoding', () => basic({ ...client, secret: '%zz' })],
    ['bytes that are not UTF-8', () => `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`],
    ['a NUL', () => basic({ clientId: '\u0000', secret: 'x' })],
    ['another scheme', () => `Bearer ${client.secret}`],
    ['a scheme alone', () => 'Basic'],
  ])('answers 401 invalid_client and a challenge to %s', async (_what, authorization) => {
    const { status, headers, body } = await post(authorization());

    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(body).toEqual({ error: 'invalid_client', error_description: 'Client authentication failed' });
  });

  it('takes the scheme in any case and the halves form-encoded', async () => {
    const encoded = client.clientId.replaceAll('-', '%2D');

    expect(await post(basic({ clientId: encoded, secret: client.secret }).replace('Basic', 'bAsIc'))).toMatchObject({ status: 200 });
  });

  it.each<[string, number, string, string, string]>([
    ['nothing', 400, 'invalid_request', '', FORM],
    ['an empty grant type', 400, 'invalid_request', 'grant_type=', FORM],
    ['a password grant', 400, 'unsupported_grant_type', 'grant_type=password&username=a&password=b', FORM],
    ['a name that every object has', 400, 'unsupported_grant_type', 'grant_type=constructor', FORM],
    ['two grant types', 400, 'invalid_request', 'grant_type=client_credentials&grant_type=client_credentials', FORM],
    ['two scopes', 400, 'invalid_request', 'grant_type=client_credentials&scope=a&scope=b', FORM],
    ['no refresh token', 400, 'invalid_request', 'grant_type=refresh_token', FORM],
    ['an empty refresh token', 400, 'invalid_request', 'grant_type=refresh_token&refresh_token=', FORM],
    ['two refresh tokens', 400, 'invalid_request', 'grant_type=refresh_token&refresh_token=a&refresh_token=b', FORM],
    ['an unknown refresh token', 400, 'invalid_grant', 'grant_type=refresh_token&refresh_token=unknown', FORM],
    ['a NUL for a refresh token', 400, 'invalid_grant', 'grant_type=refresh_token&refresh_token=%00', FORM],
    ['percent and no hex digits', 400, 'invalid_request', 'grant_type=%zz', FORM],
    ['half a character', 400, 'invalid_request', 'grant_type=%E0%A4', FORM],
    ['percent at the end', 400, 'invalid_request', 'grant_type=%', FORM],
    ['JSON', 415, 'invalid_request', '{"grant_type":"client_credentials"}', 'application/json'],
    ['text', 415, 'invalid_request', 'grant_type=client_credentials', 'text/plain'],
    ['multipart', 415, 'invalid_request', 'grant_type=client_credentials', 'multipart/form-data; boundary=x'],
    ['another charset', 415, 'invalid_request', 'grant_type=client_credentials', `${FORM}; charset=utf-16`],
    ['no known type', 415, 'invalid_request', 'grant_type=client_credentials', 'nonsense'],
    ['a form of 2 MB', 413, 'invalid_request', `grant_type=client_credentials&padding=${'x'.repeat(2_000_000)}`, FORM],
    ['JSON of 2 MB', 413, 'invalid_request', `{"padding":"${'x'.repeat(2_000_000)}"}`, 'application/json'],
  ])('answers %s with %i %s', async (...[, status, error, form, type]) => {
    const answer = await post(basic(client), form, type);

    expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('answers 400 to bytes that are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('grant_type='), Buffer.from([0xc3, 0x28])]);

    expect(await send(auth.url + path, { method: 'POST', body, headers: { authorization: basic(client), 'content-type': FORM } })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('gives nothing for a code to a client that has none', async () => {
    expect(await post(basic(client), 'grant_type=authorization_code&code=x', FORM)).toMatchObject({ status: 400, body: { error: path === COVIU ? 'unsupported_grant_type' : 'unauthorized_client' } });
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('answers 405 to %s', async (method) => {
    const { status, headers, body } = await send(auth.url + path, { method, ...(method === 'PUT' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}) });

    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(path === COVIU ? 'POST' : 'POST, GET');
    expect(body.error).toBe('invalid_request');
  });
});

it.each(['/oauth/token', '/oauth/auth', '/oauth/auth/u', '/auth/grant', '/auth/logout', '/auth/device/u'])('HEAD %s gives and ends nothing: 405', async (path) => {
  const { status, headers } = await fetch(auth.url + path, { method: 'HEAD' });
  expect([status, headers.get('allow')]).toEqual([405, expect.stringMatching(/^(GET|GET, POST|POST, GET)$/)]);
});

describe('a body far too large', () => {
  it('is refused also to a client that reads no answer before it has sent everything', async () => {
    const { hostname, port } = new URL(auth.url);
    const socket = connect(Number(port), hostname).pause();
    const size = 7_000_000;
    socket.write(`POST ${COVIU} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${FORM}\r\nContent-Length: ${size}\r\n\r\n`);
    await new Promise((resolve) => socket.write('x'.repeat(size), resolve));

    const answer = Buffer.concat((await socket.toArray()) as Buffer[]).toString();

    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('{"error":"invalid_request"');
  });
});

describe('the standard endpoint', () => {
  it('refuses credentials given twice', async () => {
    const form = { ...credentialsGrant, client_secret: client.secret };

    expect(await askToken(auth.url, client, form, STANDARD)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await askToken(auth.url, client, { ...credentialsGrant, client_id: 'another' }, STANDARD)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('who is disabled', () => {
  it.each([
    ['client', 'update api_client set active = false where id = $1'],
    ['org', 'update org set active = false where id = (select org_id from api_client where id = $1)'],
  ])('as a %s gets no token any more, by refresh either', async (_what, sql) => {
    const disabled = await auth.newClient();
    const { body } = await askToken(auth.url, disabled, credentialsGrant);
    await auth.sql(sql, [disabled.clientId]);
    await forgetClients();

    expect(await askToken(auth.url, disabled, credentialsGrant)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await askToken(auth.url, disabled, { grant_type: 'refresh_token', refresh_token: body.refresh_token })).toMatchObject({ status: 401 });
  });
});

describe('several secrets of one client', () => {
  it('are all good until their time is over', async () => {
    const rotated = await auth.newClient();
    const [id, second] = [uuidv7(), newClientSecret()];
    const sealed = auth.get(Sealer).seal(second, { table: 'client_secret', row: id, org: rotated.orgId });
    await auth.sql('insert into client_secret (id, client_id, sealed) values ($1, $2, $3)', [id, rotated.clientId, sealed]);

    expect(await askToken(auth.url, rotated, credentialsGrant)).toMatchObject({ status: 200 });
    expect(await askToken(auth.url, { ...rotated, secret: second }, credentialsGrant)).toMatchObject({ status: 200 });

    await auth.sql('update client_secret set valid_until = parley_now() where client_id = $1 and id <> $2', [rotated.clientId, id]);
    await forgetClients();
    expect(await askToken(auth.url, rotated, credentialsGrant)).toMatchObject({ status: 401 });
    expect(await askToken(auth.url, { ...rotated, secret: second }, credentialsGrant)).toMatchObject({ status: 200 });
  });
});

describe('what is stored and logged', () => {
  it('holds no secret and no token', async () => {
    const { body } = await askToken(auth.url, client, credentialsGrant);
    const refreshed = await askToken(auth.url, client, { grant_type: 'refresh_token', refresh_token: body.refresh_token });
    await askToken(auth.url, client, { grant_type: 'refresh_token', refresh_token: `${body.refresh_token}x` });
    await askToken(auth.url, { ...client, secret: 'not-the-secret' }, credentialsGrant);

    const everything = (await auth.dump()) + auth.logs.join('\n');
    const secrets = [client.secret, body.access_token, body.refresh_token, refreshed.body.access_token, refreshed.body.refresh_token, claimsOf(body.access_token)['jti'], 'not-the-secret', '"d":'];
    expect(everything).toContain(client.clientId);
    expect(secrets.filter((secret) => everything.includes(String(secret)))).toEqual([]);
  });
});

describe('the metadata', () => {
  it.each(['oauth-authorization-server', 'openid-configuration'])('at %s names what there is, under the public URL', async (name) => {
    const { status, body } = await send(`${auth.url}/.well-known/${name}`, {});

    expect(status).toBe(200);
    expect(body).toEqual({
      issuer: 'https://parley.test',
      authorization_endpoint: 'https://parley.test/oauth/auth',
      token_endpoint: 'https://parley.test/oauth/token',
      introspection_endpoint: 'https://parley.test/oauth/introspect',
      revocation_endpoint: 'https://parley.test/oauth/revoke',
      pushed_authorization_request_endpoint: 'https://parley.test/oauth/par',
      device_authorization_endpoint: 'https://parley.test/oauth/device',
      jwks_uri: 'https://parley.test/.well-known/jwks.json',
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'fragment'],
      subject_types_supported: ['public'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519'],
      id_token_signing_alg_values_supported: ['ES256'],
      claims_supported: ['sub', 'sid', 'auth_time', 'iss'],
      claim_types_supported: ['normal'],
      scopes_supported: ['openid', 'offline_access', 'coviu-enterprise-api', 'call', 'admin', 'introspect'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
      introspection_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
      revocation_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      claims_parameter_supported: false,
    });
  });

  it('and tokens do not follow Host or X-Forwarded headers', async () => {
    const headers = { host: 'evil.test', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'gopher' };
    const metadata = await raw('GET', '/.well-known/openid-configuration', headers);
    const token = await raw('POST', COVIU, { ...headers, authorization: basic(client), 'content-type': FORM }, 'grant_type=client_credentials');

    expect(metadata).not.toContain('evil');
    expect(claimsOf((JSON.parse(token) as { access_token: string }).access_token)['iss']).toBe('https://parley.test');
  });

  it('publishes public halves of keys only', async () => {
    const response = await fetch(`${auth.url}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: object[] };

    expect(response.headers.get('content-type')).toBe('application/jwk-set+json; charset=utf-8');
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
  });
});

describe('everything else that the engine knows', () => {
  it.each(['/auth', '/me', '/session/end', '/reg', '/token', '/request', '/jwks', '/oauth/token/', '/v1/auth', '/'])('is not there: %s', async (path) => {
    expect(await send(auth.url + path, {})).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });

  it('and an address that cannot be read is refused in JSON', async () => {
    expect(JSON.parse(await raw('GET', '/%zz', {}))).toMatchObject({ error: 'invalid_request' });
  });
});

describe('while NATS is away', () => {
  it('tokens go on', async () => {
    await auth.nats.kill();

    expect(await askToken(auth.url, client, credentialsGrant)).toMatchObject({ status: 200 });
    await auth.nats.restart();
  });
});

describe('a fault of ours', () => {
  it('in the engine’s storage is logged, told as no more than that, and leaves nothing behind', async () => {
    const grants = () => auth.sql(`select id_hash from oauth_artifact where model = 'Grant' order by id_hash`);
    const before = await grants();
    await auth.sql(`alter table oauth_artifact add constraint broken check (model <> 'ClientCredentials') not valid`);

    const { status, headers, body } = await askToken(auth.url, client, credentialsGrant);
    await auth.sql('alter table oauth_artifact drop constraint broken');

    expect({ status, body }).toEqual({ status: 500, body: { error: 'server_error', error_description: 'Something went wrong on our side' } });
    const line = auth.logs.find((logged) => logged.includes('violates check constraint'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'error', requestId: headers.get('x-request-id') });
    expect(await grants()).toEqual(before);
  });

  it('in reaching the database is 503 with Retry-After', async () => {
    const other = await startAuth();
    const known = await other.newClient();
    await askToken(other.url, known, credentialsGrant);
    await other.database.drop();

    const { status, headers, body } = await askToken(other.url, known, credentialsGrant);

    expect({ status, error: body.error }).toEqual({ status: 503, error: 'temporarily_unavailable' });
    expect(headers.get('retry-after')).toBe('1');
    await other.stop();
  });
});

/** With headers that fetch does not let through. */
function raw(method: string, path: string, headers: Record<string, string>, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(auth.url);
    const request = httpRequest({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    request.on('error', reject).end(body);
  });
}
