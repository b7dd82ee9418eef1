import { administer, createOrg, type System } from '@parley/testing';
import { Product } from './product.js';
import type { Caller } from './world.js';

const back = 'http://app.test/back';
const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };

type Place = Pick<System, 'adminToken' | 'baseUrl' | 'baseUrls'>;

/** An org of its own with an API client, an application, and so many people who let that place calls for them. */
export async function settle(place: Place, name: string, count: number): Promise<{ product: Product; callers: Caller[] }> {
  const org = await createOrg(place, name);
  const make = <Body>(what: string, data: object): Promise<Body> => administer<Body>(place, `/orgs/${org.orgId}/${what}`, data);
  const application = await make<{ clientId: string }>('clients', { name: 'Application', clickToCall: 'implicit', redirectUris: [back] });
  const callers = Array.from({ length: count }, async (_, n): Promise<Caller> => {
    const person = { username: `caller ${n}`, password: `password ${n}` };
    await make('users', person);
    return { accessToken: await logIn(place, application.clientId, person) };
  });
  return { product: new Product(org, place), callers: await Promise.all(callers) };
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
