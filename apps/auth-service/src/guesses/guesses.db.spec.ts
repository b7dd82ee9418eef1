import { Database } from '@parley/persistence';
import { withRequest } from '@parley/platform';
import { eventually, notYet } from '@parley/testing';
import { basic, type AuthSystem, send, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { Expiry } from '../refreshes/expiry.js';
import { networkOf } from './guess.js';
import { Guesses } from './guesses.service.js';

let auth: AuthSystem;
let client: TestClient;
let nextAddress = 0;

beforeAll(async () => {
  auth = await startAuth({ copies: 2, env: { FAILURES_PER_ADDRESS: '14', FAILURES_PER_CLIENT: '20' } });
});
afterAll(() => auth.stop());
beforeEach(async () => void (client = await auth.newClient()));

const newAddress = (): string => `192.0.2.${(nextAddress += 1)}`;
const ask = (secret: string, { address, copy = 0, who = client, path = '/v1/auth/token' }: { address: string; copy?: number; who?: TestClient; path?: string }) =>
  send(`${auth.instances[copy]?.url}${path}`, {
    method: 'POST',
    headers: { authorization: basic({ ...who, secret }), 'x-forwarded-for': address },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
const right = (address: string, options: { who?: TestClient; copy?: number; path?: string } = {}) => ask((options.who ?? client).secret, { address, ...options });
const wrong = (address: string, options: { who?: TestClient; copy?: number } = {}) => ask('wrong', { address, ...options });
const failures = async (count: number, address: string, options: { who?: TestClient } = {}) => {
  for (let n = 0; n < count; n += 1) expect(await wrong(address, options)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
};
const countOf = (statuses: number[]) => Object.fromEntries([...new Set(statuses)].sort().map((status) => [status, statuses.filter((each) => each === status).length]));
const at = (address: string, copy = 0) => {
  const guesses = auth.instances[copy]?.app.get<Guesses>(Guesses, { strict: false });
  return (account: string, check: () => Promise<string | undefined>) =>
    withRequest({ requestId: 'login', deadline: Date.now() + 2_000, clientAddress: address }, async () => guesses?.attempt({ secret: 'password', account, client: client.clientId, orgId: client.orgId }, check));
};
const outcomeOf = (attempt: Promise<unknown>): Promise<number> => attempt.then((answer) => (answer === undefined ? 403 : 200), (error: { code: string }) => (error.code === 'too_many_failures' ? 429 : 500));
const later = <T>(value: T) => () => new Promise<T>((resolve) => setTimeout(() => resolve(value), 20));

const ahead = async (seconds: number) => {
  await auth.sql('delete from clock_offset');
  await auth.sql('insert into clock_offset (ahead) values (make_interval(secs => $1))', [seconds]);
};

describe('Wrong client secrets', () => {
  it('are refused from the eleventh on, for that client and from that address; so is the right one then', async () => {
    const [address, other] = [newAddress(), newAddress()];
    await failures(10, address);

    const refused = await wrong(address);
    expect(refused).toMatchObject({ status: 429, body: { error: 'too_many_failures', error_description: expect.stringMatching(/^Too many failed attempts\. Wait \d+ s/) } });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(890);
    expect(wait).toBeLessThanOrEqual(900);
    expect(refused.headers.get('ratelimit-policy')).toBe('"account";q=10;w=900');
    expect(refused.headers.get('ratelimit')).toBe(`"account";r=0;t=${wait}`);
    expect([(await right(address)).status, (await right(address, { copy: 1 })).status, (await right(address, { path: '/oauth/token' })).status, (await right(address, { path: '/oauth/introspect' })).status]).toEqual([429, 429, 429, 429]);
    expect((await right(other)).status).toBe(200);
    const another = await auth.newClient();
    expect((await right(address, { who: another })).status).toBe(200);
  });

  it('are exactly ten, however many come at once at several copies', async () => {
    const address = newAddress();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => wrong(address, { copy: n % 2 })));
    expect(countOf(answers.map(({ status }) => status))).toEqual({ 401: 10, 429: 30 });
  });

  it('count for the address, whichever the clients', async () => {
    const address = newAddress();
    const others = [await auth.newClient(), await auth.newClient()];
    await failures(7, address, { who: others[0] as TestClient });
    await failures(7, address, { who: others[1] as TestClient });
    const refused = await right(address);
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '"address";q=14;w=900']);
  });

  it('count for the client: an address that has failed there is refused, a right answer from another never', async () => {
    const addresses = Array.from({ length: 20 }, newAddress);
    const answers = await Promise.all(addresses.map((address, n) => wrong(address, { copy: n % 2 })));
    expect(countOf(answers.map(({ status }) => status))).toEqual({ 401: 20 });
    const [guesser = '', fresh, honest] = [addresses[0], newAddress(), newAddress()];

    const refused = await right(guesser);
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '"client";q=20;w=900']);
    expect([(await wrong(fresh)).status, (await right(fresh)).status]).toEqual([429, 429]);
    expect((await right(honest)).status).toBe(200);
  });

  it('of a client that nobody registered are counted, too', async () => {
    const [address, who] = [newAddress(), { ...client, clientId: 'nobody' }];
    await failures(10, address, { who });
    expect((await wrong(address, { who })).status).toBe(429);
  });

  it('are forgotten after a quarter of an hour, and thrown away', async () => {
    const address = newAddress();
    await failures(10, address);
    await ahead(899);
    expect((await right(address)).status).toBe(429);
    await ahead(901);
    expect((await right(address)).status).toBe(200);
    await auth.get(Expiry).sweep();
    expect(await auth.sql('select from guess')).toEqual([]);
  });

  it('are told to the audit log when a limit is reached, once', async () => {
    const address = newAddress();
    await failures(10, address);
    await wrong(address);
    const acts = () => auth.sql<{ act: { who: object; target: object; from: string; details: object } }>(`select envelope::json->'data' as act from outbox where org_id = $1`, [client.orgId]);
    await eventually(async () => (await acts()).length > 0 || notYet('nothing was recorded'));
    expect((await acts()).map(({ act }) => act)).toEqual([
      expect.objectContaining({
        act: 'failures.limit-reached',
        who: { kind: 'system', id: 'guesses' },
        target: { kind: 'client', id: client.clientId },
        from: address,
        details: { limit: 'account', failures: 10, windowSeconds: 900, secret: 'client-secret' },
      }),
    ]);
  });
});

describe('Passwords', () => {
  it('that are wrong are checked ten times at most, however many are tried at once at several copies', async () => {
    const address = newAddress();
    let checked = 0;
    const check = () => {
      checked += 1;
      return later(undefined)();
    };
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, n) => outcomeOf(at(address, n % 2)('ann', check))));
    expect([countOf(outcomes), checked]).toEqual([{ 403: 10, 429: 20 }, 10]);
  });

  it('that are right are never refused to an address that did not guess, however many come at once', async () => {
    const address = newAddress();
    const outcomes = await Promise.all(Array.from({ length: 25 }, (_, n) => outcomeOf(at(address, n % 2)('bea', later('bea')))));
    expect(countOf(outcomes)).toEqual({ 200: 25 });
    expect(await auth.sql('select from guess where not settled')).toEqual([]);
  });

  it('leave no failure behind when nobody could tell whether they were right', async () => {
    const address = newAddress();
    await expect(at(address)('cid', () => Promise.reject(new Error('no database')))).rejects.toThrow('no database');
    expect(await auth.sql('select from guess where not settled')).toEqual([]);
  });

  it('stand nowhere, not even those that were typed as a name', async () => {
    await outcomeOf(at(newAddress())('my-secret-password', later(undefined)));
    expect(await auth.dump()).not.toContain('my-secret-password');
    expect(auth.logs.join('\n')).not.toContain('my-secret-password');
  });
});

test('the statement of every token asks for failures without reading the table', async () => {
  const plan = await auth.get(Database).write([], async (tx) => {
    await tx.query('set local enable_seqscan = off');
    return tx.query<Record<string, string>>(`explain select from guess g where g.address = 'x' and g.at > parley_now() - interval '900 seconds'`);
  });
  expect(JSON.stringify(plan)).toContain('guess_of_address');
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network));
