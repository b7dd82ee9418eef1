import type { System } from '@parley/testing';
import { Product } from './product.js';
import type { Caller } from './world.js';

const back = 'http://app.test/back';
const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };

type Place = Pick<System, 'adminToken' | 'baseUrl' | 'baseUrls'>;

/** An org of its own with an API client, an application, and so many people who let that place calls for them. */
export async function settle(place: Place, name: string, count: number): Promise<{ product: Product; callers: Caller[] }> {
  const { orgId } = await made<{ orgId: string }>(place, 'orgs', { name });
  const make = <Body>(what: string, data: object): Promise<Body> => made<Body>(place, `orgs/${orgId}/${what}`, data);
  const { clientId, clientSecret } = await make<{ clientId: string; clientSecret: string }>('clients', { name });
  const application = await make<{ clientId: string }>('clients', { name: 'Application', clickToCall: 'implicit', redirectUris: [back] });
  const callers = Array.from({ length: count }, async (_, n): Promise<Caller> => {
    const person = { username: `caller ${n}`, password: `password ${n}` };
    await make('users', person);
    return { accessToken: await logIn(place, application.clientId, person) };
  });
  return { product: new Product({ orgId, apiKey: clientId, apiKeySecret: clientSecret }, place), callers: await Promise.all(callers) };
}

async function made<Body>({ baseUrl, adminToken }: Place, what: string, data: object): Promise<Body> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(`${baseUrl}/admin/v1/${what}`, { method: 'POST', headers, body: JSON.stringify(data) });
  if (response.status !== 201) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

/** As a browser does. */
async function logIn({ baseUrl }: Place, clientId: string, person: { username: string; password: string }): Promise<string> {
  const asks = { client_id: clientId, response_type: 'token', redirect_uri: back, scope: 'call' };
  const post = (path: string, fields: object, cookie = ''): Promise<Response> =>
    fetch(`${baseUrl}${path}`, { method: 'POST', redirect: 'manual', headers: { ...form, cookie }, body: new URLSearchParams({ ...asks, ...fields }) });
  const loggedIn = await post('/auth/login', person);
  const granted = await post('/auth/grant', { grant: 'true' }, loggedIn.headers.getSetCookie().map((each) => each.split(';')[0]).join('; '));
  const accessToken = new URLSearchParams(new URL(granted.headers.get('location') ?? back).hash.slice(1)).get('access_token');
  if (accessToken === null) throw new Error(`${person.username} got no token: ${loggedIn.status}, ${granted.status}`);
  return accessToken;
}
