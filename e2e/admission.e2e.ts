import { createHmac, randomUUID } from 'node:crypto';
import { eventually, faultsOf, notYet, patiently, readHistory, type ServiceName, startSystem, type System } from '@parley/testing';

interface Answer {
  status: number;
  body: { content?: { entryId: string; accessToken: string; sessionId: string }; error?: { code: string; limit?: number; current?: number } };
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1000);

function signLink(claims: object, secret: string): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Two gateways, two copies of session-service, and servers of their own that may be killed. */
let system: System;
let bearer: string;

beforeAll(async () => {
  system = await startSystem({ copies: { 'api-gateway': 2, 'session-service': 2 }, ownPostgres: true });
  const authorization = `Basic ${Buffer.from(`${system.apiKey}:${system.apiKeySecret}`).toString('base64')}`;
  const granted = await fetch(`${system.baseUrl}/v1/auth/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
  bearer = ((await granted.json()) as { access_token: string }).access_token;
}, 120_000);
afterAll(() => system.stop());

async function ask(method: string, url: string, { body, token }: { body?: object; token?: string } = {}): Promise<Answer & { body: Record<string, unknown> }> {
  const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}), signal: AbortSignal.timeout(10_000) });
  return { status: response.status, body: (await response.json()) as Answer['body'] & Record<string, unknown> };
}

const gateway = (n: number): string => system.baseUrls[n % 2] ?? '';
const ofOrg = (path: string, n = 0): string => `${gateway(n)}/v1/orgs/${system.orgId}${path}`;
const asOrg = (method: string, path: string, body?: object, n = 0) => ask(method, ofOrg(path, n), { token: bearer, ...(body ? { body } : {}) });
const link = (claims: object = {}, secret = system.apiKeySecret): string =>
  signLink({ iss: system.apiKey, un: 'Ann', ref: 'host', sid: 'room', rle: 'guest', iat: seconds(), exp: seconds() + 3600, ...claims }, secret);
const enter = (token: string, n = 0) => ask('GET', `${gateway(n)}/v1/session/${token}`);
const codeOf = ({ status, body }: Answer): string => (status === 200 ? '200' : `${status} ${body.error?.code}`);
const tally = (codes: string[]) => Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((each) => each === code).length]));
const subscribe = async (ref: string): Promise<void> => {
  expect((await asOrg('POST', '/subscriptions', { ref, email: `${ref}@clinic.test`, name: ref })).status).toBe(200);
};
const fresh = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

describe('S.2: five seats', () => {
  it('are given to five of five hundred who come at once, through two gateways and two copies', async () => {
    const [ref, sid] = [fresh('host'), fresh('room')];
    await subscribe(ref);
    const links = Array.from({ length: 500 }, (_, n) => link({ ref, sid, un: `Person ${n}` }));

    const began = performance.now();
    const answers = await Promise.all(links.map((each, n) => patiently(() => enter(each, n))));

    process.stdout.write(`500 entries at once: ${(performance.now() - began).toFixed(0)} ms\n`);
    expect(tally(answers.map(codeOf))).toEqual({ '200': 5, '409 session.full': 495 });
    expect(answers.find(({ status }) => status === 409)?.body.error).toMatchObject({ limit: 5, current: 5 });
    expect(faultsOf(await readHistory(system.adminDatabaseUrl))).toEqual([]);
  });
});

describe('R: what revokes links that were signed offline', () => {
  const took: number[] = [];
  const refusedAt = async (token: string, n: number, until: string): Promise<number> => {
    await eventually(async () => (codeOf(await enter(token, n)) === until ? {} : notYet('still let in')));
    return performance.now();
  };
  const at = async (token: string, revoke: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await revoke();
    const refused = await Promise.all([refusedAt(token, 0, '403 link.revoked'), refusedAt(token, 1, '403 link.revoked')]);
    took.push(...refused.map((time) => time - began));
  };

  it('holds at both gateways in well under 1 s, whatever it is revoked by', async () => {
    const [ref, sid] = [fresh('host'), fresh('room')];
    await subscribe(ref);
    const iat = seconds() - 10;
    const fixture = (claims: object) => link({ ref, sid, iat, ...claims });
    const person = { email: `${ref}@people.test` };
    const tokens = [fixture({ un: 'One' }), fixture({ un: 'Two' }), fixture({ un: 'Three', ...person })];
    const entries = await Promise.all(tokens.map((token, n) => enter(token, n)));
    expect(entries.map(codeOf)).toEqual(['200', '200', '200']);
    const [single = '', named = '', banned = ''] = tokens;

    await at(single, () => asOrg('POST', '/link-revocations', { kind: 'link', link: `${system.baseUrl}/v1/session/${single}` }, 1));
    await at(named, () => asOrg('POST', '/link-revocations', { kind: 'person', key: 'name:Two' }));
    await at(banned, () => asOrg('DELETE', `/sessions/${sid}/entries/${entries[2]?.body.content?.entryId}?ban=true`, undefined, 1));
    const beat = `/sessions/${sid}/entries/${entries[2]?.body.content?.entryId}/heartbeat`;
    expect(codeOf(await ask('POST', ofOrg(beat), { token: entries[2]?.body.content?.accessToken ?? '' }))).toBe('409 entry.ended');
    expect(codeOf(await enter(link({ ref, sid, iat: seconds() + 5, ...person })))).toBe('403 link.revoked');
    await at(fixture({ un: 'Four' }), () => asOrg('POST', '/link-revocations', { kind: 'session', key: sid }, 1));
    await new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)));
    expect(codeOf(await enter(link({ ref, sid, un: 'Later' })))).toBe('200');

    process.stdout.write(`revocation of links to 403 at two gateways, request included: max ${Math.max(...took).toFixed(0)} ms\n`);
    expect(Math.max(...took)).toBeLessThan(1000);
    const refusals = (await asOrg('GET', `/refusals?${new URLSearchParams({ sid, code: 'link.revoked' })}`, undefined, 1)).body as unknown as { content: { content: { rule: string; name: string } }[] };
    expect(new Set(refusals.content.map(({ content }) => `${content.name} ${content.rule}`))).toEqual(
      new Set(['One not-revoked', 'Two not-revoked', 'Three not-banned', 'Ann not-banned', 'Four not-revoked']),
    );
    expect(JSON.stringify(refusals)).not.toContain(single.split('.')[2]);
  });

  it('a secret is not: while two of them overlap, links under both work, and not one of many requests fails', async () => {
    const ref = fresh('host');
    await subscribe(ref);
    const secrets = [system.apiKeySecret];
    const codes: string[] = [];
    let stop = false;
    const client = async (n: number): Promise<void> => {
      for (let turn = 0; !stop; turn += 1) codes.push(codeOf(await enter(link({ ref, sid: `room-${ref}`, un: `Person ${n}`, email: `${n}@people.test` }, secrets[turn % secrets.length] ?? ''), n)));
    };
    const clients = Array.from({ length: 4 }, (_, n) => client(n));
    while (codes.length < 40) await new Promise((resolve) => setTimeout(resolve, 20));

    const rotated = await ask('POST', `${system.baseUrl}/admin/v1/orgs/${system.orgId}/clients/${system.apiKey}/rotate-secret`, { token: system.adminToken, body: { overlapSeconds: 60 } });
    expect(rotated.status).toBeLessThan(300);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the promise of a rotation: everywhere within a second
    secrets.push(rotated.body['clientSecret'] as string);
    const before = codes.length;
    while (codes.length < before + 80) await new Promise((resolve) => setTimeout(resolve, 20));
    stop = true;
    await Promise.all(clients);

    expect(tally(codes)).toEqual({ '200': codes.length });
    const inspect = async (secret = '') => ((await asOrg('POST', '/links/inspect', { link: link({ ref, sid: 'x' }, secret) })).body['verifiedBy'] as { secret: string }).secret;
    expect([await inspect(secrets[0]), await inspect(secrets[1])]).toEqual(['older', 'newest']);
  });
});

describe('AD.1: whatever is killed', () => {
  const rooms = Array.from({ length: 6 }, (_, n) => `kill-room-${n}`);
  const refs = Array.from({ length: 8 }, (_, n) => `kill-host-${n}`);
  const people = Array.from({ length: 12 }, (_, n) => `Person ${n}`);
  const codes: string[] = [];
  const granted: string[] = [];
  let visitors: Promise<void>[] = [];
  let stop = false;

  const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

  /** Somebody comes and goes, by either gateway, with anybody's link. A request that breaks off is nobody's fault here. */
  const visitor = async (n: number): Promise<void> => {
    for (let turn = n; !stop; turn += 1) {
      const sid = pick(rooms);
      const answer = await enter(link({ sid, ref: pick(refs), un: pick(people) }), turn).catch(() => undefined);
      codes.push(answer ? codeOf(answer) : 'broken off');
      if (!answer) await new Promise((resolve) => setTimeout(resolve, 50));
      const { entryId, accessToken: token } = answer?.body.content ?? {};
      if (!entryId || !token) continue;
      granted.push(entryId);
      const place = `/sessions/${sid}/entries/${entryId}`;
      if (Math.random() < 0.3) await ask('POST', ofOrg(`${place}/heartbeat`, turn), { token }).catch(() => undefined);
      if (Math.random() < 0.8) await ask('DELETE', ofOrg(place, turn), { token }).catch(() => undefined);
    }
  };

  /** Somebody is let in again. */
  const goesOn = async (): Promise<void> => {
    const before = granted.length;
    await eventually(() => (granted.length > before + 3 ? {} : notYet(`nobody gets in: ${JSON.stringify(tally(codes.slice(-30)))}`)), { timeoutMs: 15_000 });
  };

  const killed = (name: ServiceName, index = 0) => system.restartKilled(name, index);

  it.each<[string, () => Promise<unknown>]>([
    ['nothing', () => Promise.resolve()],
    ['a session-service and call-service', () => Promise.all([killed('session-service'), killed('call-service')])],
    ['the other session-service and subscription-service', () => Promise.all([killed('session-service', 1), killed('subscription-service')])],
    ['auth-service and a gateway', () => Promise.all([killed('auth-service'), killed('api-gateway', 1)])],
    ['NATS', () => system.nats.restart()],
    ['PostgreSQL', () => system.postgres?.restart() ?? Promise.reject(new Error('not ours'))],
  ])('%s: entering goes on', async (what, kill) => {
    if (what === 'nothing') {
      await Promise.all(refs.map(subscribe));
      visitors = Array.from({ length: 8 }, (_, n) => visitor(n));
    }
    await goesOn();
    await kill();
    await goesOn();
  });

  it('no session has held more than five people, no subscription been in two, nobody been refused who had room, and nothing granted been lost', async () => {
    stop = true;
    await Promise.all(visitors);
    const { entries, refusals } = await readHistory(system.adminDatabaseUrl);
    process.stdout.write(`${entries.length} entries and ${refusals.length} refusals under kill -9: ${JSON.stringify(tally(codes))}\n`);

    expect(faultsOf({ entries, refusals })).toEqual([]);
    const kept = new Set(entries.map(({ entryId }) => entryId));
    expect(granted.filter((entryId) => !kept.has(entryId))).toEqual([]);
    expect(tally(codes)).toMatchObject({ '200': expect.any(Number) as number, '409 session.full': expect.any(Number) as number, '409 subscription.busy': expect.any(Number) as number });
    expect(Object.keys(tally(codes)).filter((code) => !/^(200|409 session\.full|409 subscription\.busy|503 .*|broken off)$/.test(code))).toEqual([]);
  });

  it('a session that is ended has room for five again', async () => {
    const sid = rooms[0] ?? '';
    await asOrg('DELETE', `/sessions/${sid}`);
    await new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)));
    const ref = fresh('host');
    await subscribe(ref);
    const answers = await Promise.all(people.slice(0, 5).map((un, n) => enter(link({ sid, ref, un: `${un} again` }), n)));
    expect(answers.map(codeOf)).toEqual(['200', '200', '200', '200', '200']);
  });
});
