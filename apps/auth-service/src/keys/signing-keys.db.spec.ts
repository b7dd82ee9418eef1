import { getClient, getOrg, getSigningKeys, verifyLinks } from '@parley/dto';
import { REQUEST_BUDGET_MS, withRequest } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { askToken, type AuthSystem, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';

let auth: AuthSystem;
let client: TestClient;

beforeAll(async () => {
  auth = await startAuth({ copies: 3 });
  client = await auth.newClient('Clinic of Dr Grey');
});
afterAll(() => auth.stop());

const rpc = () => auth.get(RpcClient);
const kidOf = (jwt: string): string => (JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
const asCaller = async <T>(who: TestClient, work: () => Promise<T>): Promise<T> => {
  const { body } = await askToken(auth.url, who, { grant_type: 'client_credentials' });
  return withRequest({ requestId: 'test-request', deadline: Date.now() + REQUEST_BUDGET_MS, authorization: `Bearer ${body.access_token}` }, work);
};

describe('the signing key', () => {
  it('is one, however many copies start at once', async () => {
    expect(await auth.sql('select state from signing_key')).toEqual([{ state: 'active' }]);
    const kids = await Promise.all(auth.instances.map(async ({ url }) => kidOf((await askToken(url, client, { grant_type: 'client_credentials' })).body.access_token)));
    expect(new Set(kids).size).toBe(1);
    const failures = auth.logs.filter((line) => line.includes('no signing keys yet') && !line.includes('"kind":"unavailable"')); // unless the whole process stood still
    expect(failures).toEqual([]);
  });

  it('is published to the other services with the issuer', async () => {
    const { issuer, keys } = await rpc().call(getSigningKeys, {});

    expect(issuer).toBe('https://parley.test');
    expect(keys).toEqual([{ kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String), kid: expect.any(String), alg: 'ES256', use: 'sig' }]);
  });
});

describe('what other services ask', () => {
  it('the org of a caller', async () => {
    expect(await asCaller(client, () => rpc().call(getOrg, {}))).toEqual({ orgId: client.orgId, name: 'Clinic of Dr Grey', active: true });
  });

  it('a client of the caller’s org, and of no other', async () => {
    const other = await auth.newClient();

    expect(await asCaller(client, () => rpc().call(getClient, { clientId: client.clientId }))).toEqual({ clientId: client.clientId, orgId: client.orgId, name: 'Clinic of Dr Grey', active: true });
    await expect(asCaller(client, () => rpc().call(getClient, { clientId: other.clientId }))).rejects.toMatchObject({ kind: 'not_found', code: 'client.not_found' });
    await expect(asCaller(client, () => rpc().call(getClient, { clientId: '\u0000' }))).rejects.toMatchObject({ code: 'client.not_found' });
  });

  it('nothing without a token', async () => {
    await expect(rpc().call(getOrg, {})).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('whose links are, and nothing of those that are not valid', async () => {
    expect(await rpc().call(verifyLinks, { links: ['x.y.z', ''] })).toEqual({ verified: [null, null] });
  });
});
