import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { exportJWK, generateKeyPair } from 'jose';
import { type AuthSystem, startAuth } from '../auth-system.fixture.e2e.js';
import { type App, BACK, codeApp, fetchFrom, type Human, ISSUER, newApp, newHuman, newOrg, Visitor } from '../flows.fixture.e2e.js';

const API = 'urn:parley:api';
let auth: AuthSystem;
let orgId: string;
let human: Human;
let app: App;

beforeAll(async () => {
  auth = await startAuth();
  orgId = await newOrg(auth);
  human = await newHuman(auth, orgId);
  app = await newApp(auth, orgId, codeApp);
});
afterAll(() => auth.stop());

const discover = (clientId: string, authentication: client.ClientAuth): Promise<client.Configuration> =>
  client.discovery(new URL(ISSUER), clientId, undefined, authentication, { [client.customFetch]: fetchFrom(auth.url) });

const withSecret = ({ clientId, secret }: App): Promise<client.Configuration> => discover(clientId, client.ClientSecretBasic(secret));

async function beginning(scope: string): Promise<{ verifier: string; state: string; nonce: string; parameters: Record<string, string> }> {
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  const challenge = await client.calculatePKCECodeChallenge(verifier);
  const parameters = { redirect_uri: BACK, scope, state, code_challenge: challenge, code_challenge_method: 'S256', ...(scope.includes('openid') ? { nonce } : {}) };
  return { verifier, state, nonce, parameters };
}

async function keyPair() {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return { ...pair, jwk: (await exportJWK(pair.publicKey)) as { kty: 'EC'; crv: 'P-256'; x: string; y: string } };
}

describe('openid-client', () => {
  it('O1, O2, O5: goes through code, PKCE, login, consent, id_token, refresh, introspection and revocation', async () => {
    const config = await withSecret(app);
    const { verifier, state, nonce, parameters } = await beginning('openid offline_access call');
    const visitor = new Visitor(auth.url, human);

    const back = await visitor.follow(client.buildAuthorizationUrl(config, { ...parameters, prompt: 'consent' }).href);
    const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });

    expect(visitor.path).toEqual(['/oauth/auth', '/auth/login/:uid', '/oauth/auth/:uid', '/auth/grant/:uid', '/oauth/auth/:uid']);
    expect(back.searchParams.get('iss')).toBe(ISSUER);
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'call', refresh_token: expect.any(String) });
    expect(tokens.claims()).toMatchObject({ sub: human.userId, iss: ISSUER, aud: app.clientId });

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    const seen = await client.tokenIntrospection(config, refreshed.access_token);
    expect(seen).toMatchObject({ active: true, sub: human.userId, client_id: app.clientId, scope: 'call', token_type: 'Bearer', iss: ISSUER, aud: API });
    await client.tokenRevocation(config, refreshed.access_token);
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false });
  });

  it('O1: asks a person who has said yes before no more, and who is logged in not at all', async () => {
    const config = await withSecret(app);
    const visitor = new Visitor(auth.url, human);
    for (const path of [['/oauth/auth', '/auth/login/:uid', '/oauth/auth/:uid'], ['/oauth/auth']]) {
      visitor.path.length = 0;
      const { verifier, state, nonce, parameters } = await beginning('openid call');
      const back = await visitor.follow(client.buildAuthorizationUrl(config, parameters).href);
      const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce });
      expect(visitor.path).toEqual(path);
      expect(tokens.refresh_token).toBeUndefined();
    }
  });

  it('O1: is told when the person says no', async () => {
    const config = await withSecret(await newApp(auth, orgId, codeApp));
    const { verifier, state, parameters } = await beginning('call');
    const back = await new Visitor(auth.url, human, { grant: 'false' }).follow(client.buildAuthorizationUrl(config, parameters).href);

    await expect(client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state })).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('O6, O7: pushes its request and binds its tokens to a key', async () => {
    const config = await withSecret(app);
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const { verifier, state, parameters } = await beginning('call');
    const url = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);

    const back = await new Visitor(auth.url, human).follow(url.href);
    const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state }, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: expect.any(String) } });
  });

  it('O8: connects a device', async () => {
    const device = await newApp(auth, orgId, { grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], scopes: ['call'], tokenEndpointAuthMethod: 'none' });
    const config = await discover(device.clientId, client.None());
    const started = await client.initiateDeviceAuthorization(config, { scope: 'call' });
    expect(started).toMatchObject({ verification_uri: `${ISSUER}/auth/device`, expires_in: 600 });

    const visitor = new Visitor(auth.url, human);
    const { body: first } = await visitor.agent.get('/auth/device');
    const { body: second } = await visitor.agent.post('/auth/device', { xsrf: String(first['xsrf']), user_code: started.user_code });
    expect(second).toMatchObject({ message: 'confirm device', client_id: device.clientId, user_code: started.user_code });
    const { location } = await visitor.agent.post('/auth/device', { xsrf: String(second['xsrf']), user_code: started.user_code, confirm: 'yes' });
    await expect(visitor.follow(location)).rejects.toThrow(/answered 200 .*device connected/);

    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.05 });
    expect(tokens).toMatchObject({ scope: 'call', refresh_token: expect.any(String) });
    await expect(client.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.05 })).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('O4: shows who it is by a signature', async () => {
    const { privateKey, jwk } = await keyPair();
    const signing = await newApp(auth, orgId, { grantTypes: ['client_credentials'], scopes: ['coviu-enterprise-api'], tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [jwk] } });
    const config = await discover(signing.clientId, client.PrivateKeyJwt(privateKey));

    expect(await client.clientCredentialsGrant(config)).toMatchObject({ scope: 'coviu-enterprise-api' });
  });
});

describe('oauth4webapi', () => {
  it('O3, O9: takes the access token of a client for what RFC 9068 says it is', async () => {
    const options = { [oauth.customFetch]: fetchFrom(auth.url) };
    const as = await oauth.processDiscoveryResponse(new URL(ISSUER), await oauth.discoveryRequest(new URL(ISSUER), { ...options, algorithm: 'oauth2' }));
    const api = await newApp(auth, orgId, {});
    const me = { client_id: api.clientId };
    const response = await oauth.clientCredentialsGrantRequest(as, me, oauth.ClientSecretPost(api.secret), {}, options);
    const { access_token } = await oauth.processClientCredentialsResponse(as, me, response);
    const request = new Request('https://api.test/', { headers: { authorization: `Bearer ${access_token}` } });

    expect(await oauth.validateJwtAccessToken(as, request, API, options)).toMatchObject({ iss: ISSUER, aud: API, sub: api.clientId, client_id: api.clientId, scope: 'coviu-enterprise-api', jti: expect.any(String) });
  });
});

describe('simple-oauth2', () => {
  it('O3: gets and refreshes tokens', async () => {
    const { clientId, secret } = await newApp(auth, orgId, {});
    const config = (tokenPath: string) => ({ client: { id: clientId, secret }, auth: { tokenHost: auth.url, tokenPath } });
    const standard = await new ClientCredentials(config('/oauth/token')).getToken({});
    expect(standard.token).toMatchObject({ token_type: 'Bearer', scope: 'coviu-enterprise-api' });
    const coviu = await new ClientCredentials(config('/v1/auth/token')).getToken({});
    const refreshed = await new AuthorizationCode(config('/v1/auth/token')).createToken(coviu.token).refresh();
    expect(refreshed.token).toMatchObject({ refresh_token: expect.any(String), scope: 'coviu-enterprise-api' });
  });
});
