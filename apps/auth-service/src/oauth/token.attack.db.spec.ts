import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { type Answer, askToken, type AuthSystem, basic, claimsOf, send, startAuth, type TokenAnswer } from '../auth-system.fixture.e2e.js';
import { type App, codeApp, codeFor, ISSUER, newApp, newHuman, newOrg, redemption, requestOf, Visitor } from '../flows.fixture.e2e.js';

/** Attacks on the endpoints that clients call, by section of RFC 9700. Two copies of the service stand on one database. */
const TOKEN = '/oauth/token';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
let auth: AuthSystem;
let orgId: string;
let app: App;
let other: App;
let publicApp: App;
let visitor: Visitor;

beforeAll(async () => {
  auth = await startAuth({ copies: 2 });
  orgId = await newOrg(auth);
  app = await newApp(auth, orgId, codeApp);
  other = await newApp(auth, orgId, codeApp);
  publicApp = await newApp(auth, orgId, { ...codeApp, tokenEndpointAuthMethod: 'none' });
  visitor = new Visitor(auth.url, await newHuman(auth, orgId));
  await codeFor(visitor, app);
});
afterAll(() => auth.stop());

const copy = (number: number): string => auth.instances[number % 2]?.url ?? '';
const redeem = (code: string, changes?: Record<string, string>, client = app, url = auth.url): Promise<Answer> => askToken(url, client, redemption(code, changes), TOKEN);
const refresh = (refresh_token: string, { client = app, url = auth.url, ...more }: { client?: App; url?: string; scope?: string } = {}): Promise<Answer> =>
  askToken(url, client, { grant_type: 'refresh_token', refresh_token, ...more }, TOKEN);
const call = (path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> => send(auth.url + path, { method: 'POST', headers, body: new URLSearchParams(form) });
const introspect = async (token: string, client = app): Promise<Record<string, unknown>> =>
  (await call('/oauth/introspect', { token }, { authorization: basic(client) })).body as unknown as Record<string, unknown>;
const revoke = async (token: string, client: App): Promise<number> =>
  (await fetch(`${auth.url}/oauth/revoke`, { method: 'POST', headers: { authorization: basic(client) }, body: new URLSearchParams({ token }) })).status;
const refused = (error: string) => ({ status: error === 'invalid_client' ? 401 : 400, body: { error } });
async function tokens(changes?: Record<string, string>): Promise<TokenAnswer> {
  return (await redeem(await codeFor(visitor, app, changes))).body;
}

describe('4.5 codes', () => {
  it('a second use is refused and ends what the first one gave', async () => {
    const code = await codeFor(visitor, app);
    const { body } = await redeem(code);
    expect(await introspect(body.access_token)).toMatchObject({ active: true });

    expect(await redeem(code, {}, app, copy(1))).toMatchObject(refused('invalid_grant'));
    expect(await introspect(body.access_token)).toEqual({ active: false });
    expect(await refresh(body.refresh_token)).toMatchObject(refused('invalid_grant'));
  });

  it('20 uses at once at two copies: one answer at most, and its tokens end', async () => {
    const code = await codeFor(visitor, app);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => redeem(code, {}, app, copy(number))));
    const good = answers.filter(({ status }) => status === 200);

    expect(good).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).every(({ status, body }) => status === 400 && body.error === 'invalid_grant')).toBe(true);
    expect(await introspect(good[0]?.body.access_token ?? '')).toEqual({ active: false });
  });

  it('a use later than 60 s is refused; a second one ends the tokens an hour later, too', async () => {
    const late = await codeFor(visitor, app);
    await auth.sql(`update oauth_artifact set expires_at = expires_at - interval '61 seconds' where model = 'AuthorizationCode'`);
    expect(await redeem(late)).toMatchObject(refused('invalid_grant'));

    const code = await codeFor(visitor, app);
    const { body } = await redeem(code);
    await auth.sql(`update oauth_artifact set expires_at = expires_at - interval '1 hour' where model = 'AuthorizationCode'`);
    expect(await redeem(code)).toMatchObject(refused('invalid_grant'));
    expect(await refresh(body.refresh_token)).toMatchObject(refused('invalid_grant'));
  });

  it.each<[string, Record<string, string>, string]>([
    ['another redirect URI', { redirect_uri: 'https://app.test/back/' }, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: '' }, 'invalid_request'],
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 'invalid_grant'],
    ['the challenge for a verifier', { code_verifier: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }, 'invalid_grant'],
    ['a verifier that is none', { code_verifier: 'x' }, 'invalid_request'],
    ['a code of others', { code: 'x'.repeat(43) }, 'invalid_grant'],
    ['a NUL', { code: '\u0000' }, 'invalid_grant'],
  ])('with %s nothing is given, and the code stays good for its client', async (_name, changes, error) => {
    const code = await codeFor(visitor, app);
    expect((await redeem(code, changes)).body.error).toMatch(error === 'invalid_grant' ? /invalid_grant|invalid_request/ : new RegExp(error));
    expect(await redeem(code)).toMatchObject({ status: 200 });
  });

  it('for another API it gives nothing', async () => {
    expect(await redeem(await codeFor(visitor, app), { resource: 'https://elsewhere.test' })).toMatchObject(refused('invalid_target'));
  });

  it('a code is its client’s: another’s injection is refused', async () => {
    const code = await codeFor(visitor, app);
    expect(await redeem(code, {}, other)).toMatchObject(refused('invalid_grant'));
    expect(await call(TOKEN, { ...redemption(code), client_id: publicApp.clientId })).toMatchObject(refused('invalid_grant'));
    expect(await call(TOKEN, { ...redemption(code), client_id: other.clientId }, { authorization: basic(app) })).toMatchObject(refused('invalid_request'));
    expect(await redeem(code)).toMatchObject({ status: 200 });
  });
});

describe('4.14 refresh tokens', () => {
  it('grant no scope beyond what the person has allowed, and no less afterwards', async () => {
    const { refresh_token } = await tokens();
    expect(await refresh(refresh_token, { scope: 'call coviu-enterprise-api' })).toMatchObject(refused('invalid_scope'));
    expect(await refresh(refresh_token, { scope: 'call' })).toMatchObject({ status: 200, body: { scope: 'call' } });
  });

  it('are their client’s', async () => {
    const { refresh_token } = await tokens();
    expect(await refresh(refresh_token, { client: other })).toMatchObject(refused('invalid_grant'));
    expect(await call(TOKEN, { grant_type: 'refresh_token', refresh_token, client_id: publicApp.clientId })).toMatchObject(refused('invalid_grant'));
    expect(await refresh(refresh_token)).toMatchObject({ status: 200 });
  });

  it('20 uses at once at two copies: one successor', async () => {
    const { refresh_token } = await tokens();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => refresh(refresh_token, { url: copy(number) })));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.refresh_token} ${body.access_token}`)).size).toBe(1);
  });

  it('a use after the 60 s, when the successor was used, ends the family', async () => {
    const { refresh_token } = await tokens();
    const second = (await refresh(refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    await auth.sql(`update refresh_answer set until = until - interval '61 seconds'`);
    expect(await refresh(refresh_token)).toMatchObject(refused('invalid_grant'));
    expect(await refresh(third.refresh_token)).toMatchObject(refused('invalid_grant'));
    expect(await introspect(third.access_token)).toEqual({ active: false });
  });
});

describe('2.5 client authentication', () => {
  let keys: { privateKey: CryptoKey; jwk: JWK };
  let signing: App;
  let count = 0;

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    keys = { privateKey: pair.privateKey, jwk: await exportJWK(pair.publicKey) };
    signing = await newApp(auth, orgId, { grantTypes: ['client_credentials'], scopes: ['call'], tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [keys.jwk as { kty: 'EC'; crv: 'P-256'; x: string; y: string }] } });
  });

  const now = () => Math.floor(Date.now() / 1000);
  const claims = (changes: Record<string, unknown> = {}) => ({ iss: signing.clientId, sub: signing.clientId, aud: ISSUER, jti: `a${(count += 1)}`, iat: now(), exp: now() + 60, ...changes });
  const sign = (changes?: Record<string, unknown>, key: CryptoKey | KeyObject | Uint8Array = keys.privateKey, alg = 'ES256') => new SignJWT(claims(changes)).setProtectedHeader({ alg }).sign(key);
  const present = (client_assertion: string, more: Record<string, string> = {}, url = auth.url) =>
    send(url + TOKEN, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_assertion, client_assertion_type: ASSERTION, ...more }) });

  it.each(['', TOKEN, '/oauth/introspect'])('an assertion for %j is good once: 20 at once at two copies, one answer', async (path) => {
    const assertion = await sign({ aud: ISSUER + path });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => present(assertion, {}, copy(number))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['for somebody else', () => sign({ aud: 'https://evil.test' })],
    ['for several', () => sign({ aud: [ISSUER, 'https://evil.test'] })],
    ['for nobody', () => sign({ aud: undefined })],
    ['of another issuer', () => sign({ iss: app.clientId })],
    ['for another client', () => sign({ sub: app.clientId })],
    ['by another client', () => sign({ iss: app.clientId, sub: app.clientId })],
    ['that is over', () => sign({ exp: now() - 60 })],
    ['without an end', () => sign({ exp: undefined })],
    ['that lives for a day', () => sign({ exp: now() + 86_400 })],
    ['that begins later', () => sign({ nbf: now() + 600 })],
    ['without an id', () => sign({ jti: undefined })],
    ['signed by nobody', () => new UnsecuredJWT(claims()).encode()],
    ['signed by a stranger', async () => sign({}, (await generateKeyPair('ES256')).privateKey)],
    ['signed with the public key as a secret', () => sign({}, Buffer.from(JSON.stringify(keys.jwk)), 'HS256')],
    ['signed with the client’s secret', () => sign({}, Buffer.from(signing.secret), 'HS256')],
    ['signed with another algorithm', () => sign({}, generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'ES384')],
    ['that is no JWT', () => 'x.y.z'],
  ])('an assertion %s shows nothing', async (_name, make) => {
    expect(await present(await make())).toMatchObject(refused('invalid_client'));
  });

  it('nobody shows it in another way than the registered one, nor in two', async () => {
    expect(await askToken(auth.url, signing, { grant_type: 'client_credentials' }, TOKEN)).toMatchObject(refused('invalid_client'));
    expect(await call(TOKEN, { grant_type: 'client_credentials', client_id: signing.clientId })).toMatchObject(refused('invalid_client'));
    expect(await call(TOKEN, { grant_type: 'client_credentials', client_id: app.clientId })).toMatchObject(refused('invalid_client'));
    expect(await askToken(auth.url, publicApp, { grant_type: 'refresh_token', refresh_token: 'x' }, TOKEN)).toMatchObject(refused('invalid_client'));
    expect(await call(TOKEN, { grant_type: 'client_credentials', client_id: publicApp.clientId })).toMatchObject(refused('unauthorized_client'));
    expect(await present(await sign(), { client_id: app.clientId })).toMatchObject(refused('invalid_request'));
    expect(await present(await sign(), { client_secret: app.secret, client_id: app.clientId })).toMatchObject(refused('invalid_request'));
    expect(await present(await sign(), { client_assertion_type: 'x' })).toMatchObject(refused('invalid_request'));
    expect(await send(`${auth.url}/v1/auth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_assertion: await sign(), client_assertion_type: ASSERTION }) })).toMatchObject(refused('invalid_client'));
  });
});

describe('2.2.1, 4.10 tokens that are bound to a key', () => {
  let count = 0;
  const newKey = async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const prove = (changes: Record<string, unknown> = {}) =>
      new SignJWT({ jti: `d${(count += 1)}`, htm: 'POST', htu: ISSUER + TOKEN, iat: Math.floor(Date.now() / 1000), ...changes }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).sign(privateKey);
    return { prove, jkt: await calculateJwkThumbprint(jwk) };
  };
  const redeemPublic = (code: string, dpop?: string) => call(TOKEN, { ...redemption(code), client_id: publicApp.clientId }, dpop === undefined ? {} : { dpop });
  const refreshPublic = (refresh_token: string, dpop?: string) => call(TOKEN, { grant_type: 'refresh_token', refresh_token, client_id: publicApp.clientId }, dpop === undefined ? {} : { dpop });

  it('a code that was asked for with a key is redeemed with no other', async () => {
    const [key, stranger] = [await newKey(), await newKey()];
    const code = () => codeFor(visitor, publicApp, { dpop_jkt: key.jkt });
    expect(await redeemPublic(await code())).toMatchObject(refused('invalid_grant'));
    expect(await redeemPublic(await code(), await stranger.prove())).toMatchObject(refused('invalid_grant'));
    const { body } = await redeemPublic(await code(), await key.prove());
    expect([body.token_type, (claimsOf(body.access_token)['cnf'] as { jkt: string }).jkt]).toEqual(['DPoP', key.jkt]);

    expect(await refreshPublic(body.refresh_token)).toMatchObject(refused('invalid_grant'));
    expect(await refreshPublic(body.refresh_token, await stranger.prove())).toMatchObject(refused('invalid_grant'));
    expect(await refreshPublic(body.refresh_token, await key.prove())).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  });

  it('a proof is good once, at whichever copy', async () => {
    const dpop = await (await newKey()).prove();
    const ask = (number: number) => send(copy(number) + TOKEN, { method: 'POST', headers: { authorization: basic(app), dpop }, body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x' }) });
    const api = await newApp(auth, orgId, { grantTypes: ['client_credentials'], scopes: ['call'] });
    const get = (number: number) => send(copy(number) + TOKEN, { method: 'POST', headers: { authorization: basic(api), dpop }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
    expect(await ask(0)).toMatchObject(refused('invalid_grant'));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => get(number)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another address', { htu: `${ISSUER}/oauth/par` }],
    ['another host', { htu: `https://evil.test${TOKEN}` }],
    ['another method', { htm: 'GET' }],
    ['long ago', { iat: 1_700_000_000 }],
    ['no id', { jti: undefined }],
  ])('a proof for %s is none', async (_name, changes) => {
    const api = await newApp(auth, orgId, {});
    const headers = { authorization: basic(api), dpop: await (await newKey()).prove(changes) };
    expect(await call(TOKEN, { grant_type: 'client_credentials' }, headers)).toMatchObject(refused('invalid_dpop_proof'));
  });
});

describe('devices', () => {
  it('a device’s code is its client’s, waits for the person, and can’t be guessed', async () => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const [mine, theirs] = await Promise.all([1, 2].map(() => newApp(auth, orgId, { grantTypes: [grant_type], scopes: ['call'] })));
    const started = (await call('/oauth/device', { scope: 'call' }, { authorization: basic(mine as App) })).body as unknown as { device_code: string };
    const poll = (client: App | undefined, device_code: string) => call(TOKEN, { grant_type, device_code }, { authorization: basic(client as App) });
    expect(await poll(mine, started.device_code)).toMatchObject(refused('authorization_pending'));
    expect(await poll(theirs, started.device_code)).toMatchObject(refused('invalid_grant'));
    expect(await poll(mine, 'x'.repeat(43))).toMatchObject(refused('invalid_grant'));
    expect(await call('/oauth/device', { scope: 'call' }, { authorization: basic(app) })).toMatchObject({ status: 400 });
  });
});

describe('introspection and revocation', () => {
  it('of others’ tokens tell nothing and do nothing; of one’s own they do', async () => {
    const { access_token, refresh_token } = await tokens();
    const reader = await newApp(auth, orgId, { grantTypes: ['client_credentials'], scopes: ['introspect'] });
    for (const token of [access_token, refresh_token]) {
      expect(await introspect(token, other)).toEqual({ active: false });
      expect(await introspect(token, reader)).toMatchObject({ active: true, client_id: app.clientId });
      expect(await revoke(token, reader)).toBe(200);
      expect(await introspect(token)).toMatchObject({ active: true });
    }
    expect(await revoke(refresh_token, app)).toBe(200);
    const acts = await auth.sql(`select envelope::jsonb->'data'->>'who' as who, envelope::jsonb->'data'->'target'->>'kind' as kind from outbox where envelope::jsonb->'data'->>'act' = 'tokens.revoked'`);
    expect(acts).toEqual([{ who: JSON.stringify({ id: app.clientId, kind: 'client' }).replace(',', ', ').replaceAll('":', '": '), kind: 'grant' }]);
    for (const token of [access_token, refresh_token]) expect(await introspect(token)).toEqual({ active: false });
    expect(await auth.sql(`select 1 from revocation where kind = 'token'`)).not.toEqual([]);
  });

  it.each<[string, (token: string) => string | Promise<string>]>([
    ['its id', (token) => String(claimsOf(token)['jti'])],
    ['another signature', (token) => `${token.slice(0, -8)}AAAAAAAA`],
    ['no signature', (token) => `${token.split('.').slice(0, 2).join('.')}.`],
    ['other claims', (token) => token.split('.').map((part, index) => (index === 1 ? Buffer.from(JSON.stringify({ ...claimsOf(token), scope: 'admin' })).toString('base64url') : part)).join('.')],
    ['a stranger’s', async (token) => new SignJWT(claimsOf(token)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'x' }).sign((await generateKeyPair('ES256')).privateKey)],
    ['a NUL', () => '\u0000'],
    ['anything', () => randomUUID()],
  ])('a token of which one has only %s is none', async (_name, forge) => {
    const { access_token } = await tokens();
    expect(await introspect(await forge(access_token))).toEqual({ active: false });
    expect(await introspect(access_token)).toMatchObject({ active: true });
  });

  it('an id_token is no access token', async () => {
    const answer = (await redeem(await codeFor(visitor, app, { scope: 'openid call' }))).body as TokenAnswer & { id_token: string };
    expect(await introspect(answer.id_token)).toEqual({ active: false });
  });

  it('nobody without showing who it is', async () => {
    const { access_token: token } = await tokens();
    for (const path of ['/oauth/introspect', '/oauth/revoke', '/oauth/par', '/oauth/device']) {
      expect(await call(path, { token })).toMatchObject(refused('invalid_client'));
      expect(await call(path, { token }, { authorization: basic({ ...app, secret: 'wrong' }) })).toMatchObject(refused('invalid_client'));
    }
    expect(await call('/oauth/introspect', { token, client_id: publicApp.clientId })).toMatchObject({ body: { active: false } });
  });
});

describe('what a code or a token leaves in the database', () => {
  it('is nothing that could be used', async () => {
    const code = await codeFor(visitor, app);
    const { body } = await redeem(await codeFor(visitor, app, { scope: 'openid call offline_access', prompt: 'consent' }));
    const pending = (await visitor.agent.get(requestOf(other))).location.split('/').at(-1);
    const everything = (await auth.dump()) + auth.logs.join('\n');
    const secrets = [code, body.access_token, body.refresh_token, visitor.agent.cookies.get('parley_session'), pending, app.secret];
    expect(secrets.filter((secret) => everything.includes(String(secret)))).toEqual([]);
  });
});
