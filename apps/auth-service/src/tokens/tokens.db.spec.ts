import { createRemoteJWKSet, jwtVerify } from 'jose';
import { askToken, type AuthSystem, claimsOf, startAuth, type TestClient } from '../testing/auth-system.js';

describe('client credentials', () => {
  let auth: AuthSystem;
  let client: TestClient;

  beforeAll(async () => {
    auth = await startAuth();
    client = await auth.newClient();
  });
  afterAll(() => auth.stop());

  it('give an API client of Coviu an access token and a refresh token', async () => {
    const { status, headers, body } = await askToken(auth.url, client, { grant_type: 'client_credentials' });

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
    const { body } = await askToken(auth.url, client, { grant_type: 'client_credentials' });

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
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3600);
  });

  it('give no refresh token on the standard endpoint', async () => {
    const { status, body } = await askToken(auth.url, client, { grant_type: 'client_credentials' }, '/oauth/token');

    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(claimsOf(body.access_token)['org_id']).toBe(client.orgId);
  });
});
