import { createHmac, randomUUID } from 'node:crypto';
import { eventually, notYet, patiently, runSql, startSystem, type OrgCredentials, type ServiceName, type System } from '@parley/testing';

interface Resource<Content> {
  content: Content;
  _links: Record<string, { href: string }>;
}
type Page<Content> = Resource<Resource<Content>[]>;
interface Failure {
  error: { message: string; code: string };
}

interface Subscription {
  subscriptionId: string;
  ref: string;
  active: boolean;
  ended: number | null;
}
interface Entry {
  entryId: string;
  sessionId: string;
  subscriptionId: string | null;
  accessToken: string;
  role: string;
  name: string;
  leaseUntil?: number;
}
interface Call {
  callId: string;
  started: number;
  ended: number | null;
  durationSeconds: number;
  endReason: string | null;
  participants: { entryId: string; name: string; joined: number; left: number | null; how: string | null }[];
}
interface Usage {
  subscriptionId: string | null;
  ref: string | null;
  month: string;
  participantSeconds: number;
}
interface Grant {
  access_token: string;
  refresh_token: string;
}

interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

const everyService: ServiceName[] = ['api-gateway', 'auth-service', 'subscription-service', 'session-service', 'call-service'];
const seconds = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What no log may hold: every secret and token that passed through this file. */
const secrets = new Set<string>();
const signatureOf = (jwt: string): string => jwt.slice(jwt.lastIndexOf('.') + 1);

function signLink(claims: object, secret: string): string {
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
  const link = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  secrets.add(signatureOf(link));
  return link;
}

/** A telehealth product that uses Parley: one API client of one org. */
class Product {
  grant!: Grant;

  private constructor(
    readonly org: OrgCredentials,
    private readonly baseUrls: readonly string[],
  ) {
    secrets.add(org.apiKeySecret);
  }

  static async of(org: OrgCredentials, baseUrls: readonly string[]): Promise<Product> {
    const product = new Product(org, baseUrls);
    await product.requestGrant({ grant_type: 'client_credentials' });
    return product;
  }

  get path(): string {
    return `/v1/orgs/${this.org.orgId}`;
  }

  async requestGrant(form: Record<string, string>): Promise<Answer<Grant>> {
    const basic = Buffer.from(`${this.org.apiKey}:${this.org.apiKeySecret}`).toString('base64');
    secrets.add(basic);
    const answer = await this.send<Grant>('POST', '/v1/auth/token', { authorization: `Basic ${basic}`, body: new URLSearchParams(form) });
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
    this.grant = answer.body;
    secrets.add(signatureOf(this.grant.access_token)).add(this.grant.refresh_token);
    return answer;
  }

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.send('GET', path, { authorization: this.bearer });
  }

  delete<Body>(path: string, authorization = this.bearer): Promise<Answer<Body>> {
    return this.send('DELETE', path, { authorization });
  }

  post<Body>(path: string, data: object): Promise<Answer<Body>> {
    return this.send('POST', path, { authorization: this.bearer, 'content-type': 'application/json', body: JSON.stringify(data) });
  }

  async subscribe(ref: string = randomUUID()): Promise<Subscription> {
    const { status, body } = await this.post<Resource<Subscription>>(`${this.path}/subscriptions`, { ref, name: `Dr ${ref}`, email: `${ref}@example.test` });
    expect([status, body]).toEqual([200, expect.anything()]);
    return body.content;
  }

  link(claims: object, secret = this.org.apiKeySecret): string {
    return signLink({ iss: this.org.apiKey, iat: seconds(), exp: seconds() + 3600, ...claims }, secret);
  }

  ownerLink(ref: string, sid: string, claims: object = {}): string {
    return this.link({ rle: 'owner', un: `Owner ${ref}`, email: `${ref}@example.test`, ref, sid, ...claims });
  }

  guestLink(ref: string, sid: string, name: string, claims: object = {}): string {
    return this.link({ rle: 'guest', un: name, ref, sid, ...claims });
  }

  async enter<Body = Resource<Entry>>(link: string, gateway = 0): Promise<Answer<Body>> {
    const answer = await this.send<Body>('GET', `/v1/session/${link}`, {}, gateway);
    const token = (answer.body as { content?: Entry }).content?.accessToken;
    if (token) secrets.add(signatureOf(token));
    return answer;
  }

  async entered(link: string): Promise<Entry> {
    const { status, body } = await this.enter(link);
    expect([status, body]).toEqual([200, expect.anything()]);
    return body.content;
  }

  beat(sid: string, { entryId, accessToken }: Entry): Promise<Answer<Resource<Entry>>> {
    return this.send('POST', `${this.path}/sessions/${sid}/entries/${entryId}/heartbeat`, { authorization: `Bearer ${accessToken}` });
  }

  leave(sid: string, { entryId, accessToken }: Entry): Promise<Answer<Resource<Entry>>> {
    return this.delete(`${this.path}/sessions/${sid}/entries/${entryId}`, `Bearer ${accessToken}`);
  }

  end(sid: string): Promise<Answer<Resource<{ state: string; endReason: string }>>> {
    return this.delete(`${this.path}/sessions/${sid}`);
  }

  /** The one call record of a sid, once it is over. */
  record(sid: string): Promise<Call> {
    return eventually(
      async () => {
        const { status, body } = await this.get<Page<Call>>(`${this.path}/calls?sid=${sid}`);
        const call = body.content?.[0]?.content;
        return call?.ended ? call : notYet(`${status} ${JSON.stringify(body)}`);
      },
      { timeoutMs: 30_000 },
    );
  }

  async send<Body>(method: string, path: string, { body, ...headers }: Record<string, unknown> & { body?: string | URLSearchParams }, gateway = 0): Promise<Answer<Body>> {
    const base = this.baseUrls[gateway % this.baseUrls.length]!;
    const response = await fetch(`${base}${path}`, { method, headers: { accept: 'application/json', ...(headers as Record<string, string>) }, ...(body ? { body } : {}) });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  }

  private get bearer(): string {
    return `Bearer ${this.grant.access_token}`;
  }
}

describe('The main path', () => {
  let system: System;
  let product: Product;

  beforeAll(async () => {
    system = await startSystem({
      copies: { 'api-gateway': 2, 'subscription-service': 2, 'session-service': 2, 'call-service': 2 },
      env: Object.fromEntries(everyService.map((name) => [name, { LOG_LEVEL: 'debug' }])),
    });
    product = await Product.of(system, system.baseUrls);
  }, 120_000);

  afterAll(() => system.stop());

  const logsOf = (name: ServiceName): string =>
    system.processes
      .filter((each) => each.name === name)
      .map((each) => each.logs())
      .join('\n');

  it('leads from a token to the record of a call', async () => {
    const sid = randomUUID();
    const root = await product.get<Resource<{ active: boolean; orgId: string; clientId: string }>>('/v1/');
    expect(root.body.content).toEqual({ active: true, orgId: system.orgId, clientId: system.apiKey });

    const { subscriptionId, ref } = await product.subscribe();
    const subscriptions = await product.get<Page<Subscription>>(root.body._links['subscriptions']!.href);
    expect(subscriptions.body.content.map(({ content }) => content.subscriptionId)).toContain(subscriptionId);
    expect((await product.get<Resource<Subscription>>(`${product.path}/subscriptions/${subscriptionId}`)).body.content).toMatchObject({ ref, active: true, ended: null });

    const owner = await product.entered(product.ownerLink(ref, sid));
    const guest = await product.entered(product.guestLink(ref, sid, 'Ann'));
    expect(owner).toMatchObject({ role: 'owner', sessionId: sid, subscriptionId });
    expect((await product.beat(sid, owner)).body.content.leaseUntil).toBeGreaterThan(seconds());
    expect((await product.beat(sid, guest)).status).toBe(200);
    expect((await product.leave(sid, guest)).status).toBe(200);
    expect((await product.beat(sid, guest)).body).toMatchObject({ error: { code: 'entry.ended' } });
    expect((await product.end(sid)).body.content).toMatchObject({ state: 'ended', endReason: 'ended' });

    const call = await product.record(sid);
    expect(call).toMatchObject({ sessionId: sid, orgId: system.orgId, endReason: 'ended', durationSeconds: expect.any(Number) });
    expect(call.participants).toEqual([
      { entryId: owner.entryId, name: `Owner ${ref}`, role: 'owner', joined: expect.any(Number), left: call.ended, how: 'declared' },
      { entryId: guest.entryId, name: 'Ann', role: 'guest', joined: expect.any(Number), left: expect.any(Number), how: 'declared' },
    ]);
    expect((await product.get<Resource<Call>>(`${product.path}/calls/${call.callId}`)).body.content).toEqual(call);

    const usage = await product.get<Page<Usage>>(root.body._links['usage']!.href);
    const own = usage.body.content.find(({ content }) => content.subscriptionId === subscriptionId);
    const present = call.participants.reduce((sum, { joined, left }) => sum + (left ?? 0) - joined, 0);
    expect([own?.content.ref, own?.content.participantSeconds ?? 0]).toEqual([present > 0 ? ref : undefined, present]);
    expect((await product.get<Resource<object>>(usage.body._links['reconcile']!.href)).body.content).toMatchObject({ differences: [] });
  });

  it('lists entries by org and by subscription, their tokens cut', async () => {
    const sid = randomUUID();
    const { subscriptionId, ref } = await product.subscribe();
    const entries = [await product.entered(product.ownerLink(ref, sid)), await product.entered(product.guestLink(ref, sid, 'Ann'))];
    const cut = entries.map(({ entryId, accessToken }) => ({ entryId, accessToken: accessToken.slice(0, accessToken.lastIndexOf('.')) }));

    for (const path of [`${product.path}/sessions`, `${product.path}/subscriptions/${subscriptionId}/sessions?page=0&count=200`]) {
      const { body } = await product.get<Page<Entry>>(path);
      const listed = body.content.map(({ content }) => content).filter(({ sessionId }) => sessionId === sid);
      expect(listed.map(({ entryId, accessToken }) => ({ entryId, accessToken }))).toEqual(cut);
    }
  });

  it('goes on with a refreshed token', async () => {
    await product.requestGrant({ grant_type: 'refresh_token', refresh_token: product.grant.refresh_token });

    expect((await product.get('/v1/')).status).toBe(200);
  });

  it('ends at the door of a removed subscription, from the moment its removal has answered', async () => {
    const known = await Promise.all(Array.from({ length: 20 }, () => product.subscribe()));
    await Promise.all(known.map(({ ref }) => product.entered(product.ownerLink(ref, `door-${ref}`))));

    const outcomes = await Promise.all(
      known.map(async ({ subscriptionId, ref }, i) => {
        await product.delete(`${product.path}/subscriptions/${subscriptionId}`);
        const { status, body } = await product.enter<Failure>(product.ownerLink(ref, `door-${ref}`), i);
        return `${status} ${body.error?.code}`;
      }),
    );

    expect(new Set(outcomes)).toEqual(new Set(['403 subscription.inactive']));
  });

  it('answers a second removal like the first', async () => {
    const { subscriptionId } = await product.subscribe();
    const path = `${product.path}/subscriptions/${subscriptionId}`;

    const removed = await product.delete<Resource<Subscription>>(path);

    expect(removed.body.content).toMatchObject({ active: false, ended: expect.any(Number) });
    expect((await product.delete(path)).body).toEqual(removed.body);
  });

  it('lets people finish when their subscription is removed, unless it is told to end their session', async () => {
    const sid = randomUUID();
    const { subscriptionId, ref } = await product.subscribe();
    const owner = await product.entered(product.ownerLink(ref, sid));
    const path = `${product.path}/subscriptions/${subscriptionId}`;

    await product.delete(path);
    expect((await product.beat(sid, owner)).status).toBe(200);

    await product.delete(`${path}?end_sessions=true`);
    expect((await product.beat(sid, owner)).status).toBe(409);
    expect(await product.record(sid)).toMatchObject({ endReason: 'subscription_removed' });
  });

  describe('refuses', () => {
    let ref: string;
    beforeAll(async () => ({ ref } = await product.subscribe()));

    const refusals: [string, number, string, () => string][] = [
      ['a forged link', 401, 'link.invalid', () => product.link({ rle: 'guest', un: 'Eve', ref, sid: 's' }, 'a guessed secret')],
      ['a link of nobody', 401, 'link.invalid', () => product.guestLink(ref, 's', 'Eve', { iss: 'nobody' })],
      ['a link without a name', 400, 'link.claims', () => product.guestLink(ref, 's', 'Eve', { un: undefined })],
      ['a link of another role', 400, 'link.claims', () => product.guestLink(ref, 's', 'Eve', { rle: 'admin' })],
      ['an expired link', 403, 'link.expired', () => product.guestLink(ref, 's', 'Eve', { exp: seconds() - 1 })],
      ['a link of tomorrow', 403, 'link.not_yet_valid', () => product.guestLink(ref, 's', 'Eve', { nbf: seconds() + 3000, exp: seconds() + 6000 })],
      ['a ref without a subscription', 403, 'subscription.inactive', () => product.ownerLink('nobody', 's')],
    ];
    it.each(refusals)('%s: %i %s', async (_, status, code, link) => {
      const refused = await product.enter<Failure>(link());

      expect([refused.status, refused.body.error.code]).toEqual([status, code]);
    });

    it('a subscription that is in another session: 409 subscription.busy', async () => {
      await product.entered(product.ownerLink(ref, randomUUID()));

      const refused = await product.enter<Failure>(product.ownerLink(ref, randomUUID()));

      expect([refused.status, refused.body.error.code]).toEqual([409, 'subscription.busy']);
    });

    it('a sixth participant: 409 session.full', async () => {
      const own = await product.subscribe();
      const sid = randomUUID();
      for (const name of ['Ann', 'Ben', 'Cem', 'Dan', 'Eve']) await product.entered(product.guestLink(own.ref, sid, name));

      const refused = await product.enter<Failure>(product.guestLink(own.ref, sid, 'Fay'));

      expect([refused.status, refused.body.error.code]).toEqual([409, 'session.full']);
    });
  });

  it('gives five of a hundred simultaneous guests a seat, through two gateways and two session services', async () => {
    const { ref } = await product.subscribe();
    const sid = randomUUID();

    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => patiently(() => product.enter<Partial<Failure>>(product.guestLink(ref, sid, `Guest ${i}`), i))));

    const outcomes = answers.map(({ status, body }) => (status === 200 ? 'in' : `${status} ${body.error?.code}`)).sort();
    expect(outcomes).toEqual([...Array.from({ length: 95 }, () => '409 session.full'), ...Array.from({ length: 5 }, () => 'in')]);
  });

  describe('under an Idempotency-Key', () => {
    const wish = () => ({ ref: randomUUID(), name: 'Dr Grey', email: 'grey@example.test' });
    const subscribe = (key: string, wanted: object, gateway = 0) =>
      product.send<Resource<Subscription> & Failure>(
        'POST',
        `${product.path}/subscriptions`,
        { authorization: `Bearer ${product.grant.access_token}`, 'content-type': 'application/json', 'idempotency-key': key, body: JSON.stringify(wanted) },
        gateway,
      );

    it('I.2, I.3, I.4: 50 at once through two gateways and two services are one; another body is refused', async () => {
      const [key, wanted] = [randomUUID(), wish()];

      const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => subscribe(key, wanted, i)));

      const taken = answers.filter(({ status }) => status === 200);
      expect(new Set(taken.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(taken.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
      const others = answers.filter(({ status }) => status !== 200).map(({ status, headers, body }) => [status, headers.get('retry-after'), body.error.code]);
      expect(others).toEqual(others.map(() => [409, '1', 'idempotency.in_progress']));
      expect((await subscribe(key, { ...wanted, name: 'Dr Who' }, 1)).body.error.code).toBe('idempotency.mismatch');
    });

    it('I.2: a gateway that dies between the effect and the answer has answered', async () => {
      const [key, wanted] = [randomUUID(), wish()];
      const lock = `subscription creation ${system.orgId}`;
      const held = runSql(system.adminDatabaseUrl, `select pg_sleep(1) from (select pg_advisory_xact_lock(hashtextextended('${lock}', 0))) held`);
      await eventually(() => waitingFor(1, 'Timeout', 'PgSleep'));

      const lost = subscribe(key, wanted).catch(() => 'no answer');
      await eventually(() => waitingFor(1, 'Lock', 'advisory'));
      system.processes.find(({ name, index }) => name === 'api-gateway' && index === 0)?.kill('SIGKILL');
      expect(await lost).toBe('no answer');
      await held;
      await eventually(async () => ((await runSql(system.adminDatabaseUrl, 'select from subscription.subscription where ref = $1', [wanted.ref])).length === 1 ? true : notYet('no effect')));

      const again = await subscribe(key, wanted, 1);
      expect([again.status, again.body.content.ref, again.headers.get('idempotency-replayed')]).toEqual([200, wanted.ref, 'true']);
      await system.restart('api-gateway', 0);
    }, 120_000);

    const waitingFor = async (count: number, type: string, event: string) => {
      const waiting = await runSql(system.adminDatabaseUrl, 'select from pg_stat_activity where datname = current_database() and wait_event_type = $1 and wait_event = $2', [type, event]);
      return waiting.length >= count ? true : notYet(`${waiting.length} wait for ${event}`);
    };
  });

  it('loses nothing when the services that keep it die in the middle', async () => {
    const { ref } = await product.subscribe();
    const sid = randomUUID();
    const dying = system.processes.filter(({ name }) => name === 'session-service' || name === 'call-service');

    const owner = await product.entered(product.ownerLink(ref, sid));
    dying.forEach((each) => each.kill('SIGKILL'));
    const away = await product.enter<Failure>(product.guestLink(ref, sid, 'Ann'));
    await Promise.all(dying.map(({ name, index }) => system.restart(name, index)));
    const guest = await product.entered(product.guestLink(ref, sid, 'Ann'));
    expect((await product.end(sid)).status).toBe(200);

    expect([away.status, away.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
    expect((await product.record(sid)).participants.map(({ entryId, left }) => [entryId, left !== null])).toEqual([
      [owner.entryId, true],
      [guest.entryId, true],
    ]);
  }, 90_000);

  it('shows an org nothing of another', async () => {
    const sid = randomUUID();
    const { subscriptionId, ref } = await product.subscribe();
    const entry = await product.entered(product.ownerLink(ref, sid));
    await product.end(sid);
    const { callId } = await product.record(sid);
    const stranger = await Product.of(await system.seedOrg('Elsewhere'), system.baseUrls);

    for (const list of ['subscriptions', 'sessions', 'calls']) {
      expect((await stranger.get<Page<unknown>>(`${stranger.path}/${list}`)).body.content).toEqual([]);
    }
    for (const item of [`subscriptions/${subscriptionId}`, `sessions/${sid}`, `calls/${callId}`]) {
      expect([item, (await stranger.get(`${stranger.path}/${item}`)).status]).toEqual([item, 404]);
      expect([item, (await stranger.get(`${product.path}/${item}`)).status]).toEqual([item, 403]);
    }
    expect((await stranger.delete(`${stranger.path}/subscriptions/${subscriptionId}`)).status).toBe(404);
    expect((await stranger.delete(`${stranger.path}/sessions/${sid}/entries/${entry.entryId}`)).status).toBe(404);
    expect((await stranger.enter(stranger.ownerLink(ref, sid))).status).toBe(403);
  });

  it('can be followed by a request id through every service', async () => {
    const requestId = `e2e-${randomUUID()}`;
    const { ref } = await product.subscribe();
    const link = product.ownerLink(ref, randomUUID());
    const headers = { authorization: `Bearer ${product.grant.access_token}`, 'x-request-id': requestId };

    const entered = await product.send<Resource<Entry>>('GET', `/v1/session/${link}`, { 'x-request-id': requestId });
    const calls = await product.send<Page<Call>>('GET', `${product.path}/calls`, headers);
    await product.send('GET', `${product.path}/subscriptions`, headers);
    secrets.add(signatureOf(entered.body.content.accessToken));

    expect([entered.headers.get('x-request-id'), calls.headers.get('x-request-id')]).toEqual([requestId, requestId]);
    await eventually(() => {
      const silent = everyService.filter((name) => !logsOf(name).includes(requestId));
      return silent.length === 0 ? true : notYet(`nothing of it is in the log of ${silent.join(', ')}`);
    });
  });

  it('leaves no secret, no token and no signature of a link in any log', () => {
    const anyToken = /eyJ[\w-]{10,}\./; // the head of a JWT, of whatever kind
    const leaks = system.processes.filter((each) => anyToken.test(each.logs()) || [...secrets].some((secret) => each.logs().includes(secret)));

    expect(secrets.size).toBeGreaterThan(100);
    expect(system.processes.map((each) => each.logs().length > 0)).not.toContain(false);
    expect(leaks.map(({ name }) => name)).toEqual([]);
  });
});
