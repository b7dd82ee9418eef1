import { sharedSystem, type SharedSystem } from '@parley/testing';
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';

/** Two gateways, and two copies of auth-service behind them, that clients reach under the address of the first. */
describe('OAuth through the gateway', () => {
  let system: SharedSystem;

  beforeAll(async () => {
    system = await sharedSystem('OAuth');
  }, 120_000);

  const discover = () => client.discovery(new URL(system.baseUrl), system.apiKey, undefined, client.ClientSecretBasic(system.apiKeySecret), { execute: [client.allowInsecureRequests] });

  it('O3, O5: openid-client finds, uses, introspects and revokes', async () => {
    const config = await discover();
    expect(config.serverMetadata()).toMatchObject({ issuer: system.baseUrl, authorization_endpoint: `${system.baseUrl}/oauth/auth`, response_types_supported: ['code'] });
    const { access_token } = await client.clientCredentialsGrant(config);
    expect((await fetch(`${system.baseUrl}/v1`, { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(200);
    expect(await client.tokenIntrospection(config, access_token)).toMatchObject({ active: true, client_id: system.apiKey });
    await client.tokenRevocation(config, access_token);
    expect(await client.tokenIntrospection(config, access_token)).toEqual({ active: false });
  });

  it('O7: a token that is bound to a key works with a proof, once, at any gateway and in the services behind; never as Bearer', async () => {
    const config = await discover();
    const pair = await generateKeyPair('ES256', { extractable: true });
    const { access_token } = await client.clientCredentialsGrant(config, undefined, { DPoP: client.getDPoPHandle(config, pair) });
    const jwk = await exportJWK(pair.publicKey);
    const path = `/v1/orgs/${system.orgId}/subscriptions`;
    const prove = () =>
      new SignJWT({ jti: `p${Math.random()}`, htm: 'GET', htu: system.baseUrl + path, ath: createHash('sha256').update(access_token).digest('base64url') })
        .setIssuedAt()
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .sign(pair.privateKey);
    const ask = async (dpop: string, gateway: number, scheme = 'DPoP') => {
      const { status, headers } = await fetch(`${system.baseUrls[gateway]}${path}?page=0`, { headers: { authorization: `${scheme} ${access_token}`, dpop } });
      return [status, headers.get('www-authenticate')?.split(' ')[0]];
    };

    const proof = await prove();
    expect(await ask(proof, 0)).toEqual([200, undefined]);
    expect(await ask(proof, 1)).toEqual([401, 'DPoP']);
    expect(await ask(await prove(), 1)).toEqual([200, undefined]);
    expect(await ask(await prove(), 0, 'Bearer')).toEqual([401, 'Bearer']);
  });
});
