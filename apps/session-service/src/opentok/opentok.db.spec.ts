import { Bench, outcome } from '../testing/bench.js';
import { actorOf } from '../testing/copy.js';
import { linkOf, t1Of } from '../testing/outside-world.js';
import { newOpentokSessionId } from './opentok-session-id.js';

let bench: Bench;
beforeAll(async () => void (bench = await Bench.start({ publicOrgId: 'org-7' })));
afterAll(() => bench.stop());

const other = actorOf('org-2');
const create = (more: { sid?: string; location?: string } = {}) => bench.copy.opentok.create(bench.actor, { mediaMode: 'routed', location: null, ...more });
const issue = (opentokSessionId: string, more: object = {}, actor = bench.actor) => bench.copy.opentok.issue(actor, { opentokSessionId, role: 'publisher', data: '', ...more });
const connect = (opentokSessionId: string, token: string, name?: string) => bench.copy.opentokDoors.connect({ opentokSessionId, token, name });
const seconds = async () => Math.floor(await bench.now());
const fieldsOf = (token: string) => (JSON.parse(Buffer.from(token.slice(4), 'base64').toString()) as { fields: Record<string, unknown> }).fields;

describe('A session id', () => {
  test('is the one of the vector', () => {
    const parts = { clientId: '123456', mediaMode: 'routed' as const, location: '1.2.3.4', created: new Date(1795300000000) };
    expect(newOpentokSessionId(parts, '0.880211858367119')).toBe('2_MX4xMjM0NTZ-MS4yLjMuNH4xNzk1MzAwMDAwMDAwfjAuODgwMjExODU4MzY3MTE5fg');
  });

  test('tells key, place and time, differs each time, and is short enough', async () => {
    const ids = await Promise.all([create({ location: '10.20.30.40' }), create({ location: '10.20.30.40' })]);
    for (const { opentokSessionId } of ids) {
      expect(Buffer.from(opentokSessionId.slice(2), 'base64url').toString()).toMatch(/^1~key-1~10\.20\.30\.40~\d{13}~0\.\d{14}~$/);
      expect(opentokSessionId.length).toBeLessThanOrEqual(255);
    }
    expect(ids[0]?.opentokSessionId).not.toBe(ids[1]?.opentokSessionId);
  });
});

describe('A token', () => {
  test('says what was asked for, for a day unless it was said how long', async () => {
    const { opentokSessionId } = await create();
    const now = await seconds();
    const { token, expiresAt } = await issue(opentokSessionId);
    expect(expiresAt - now).toBeGreaterThanOrEqual(86_400);
    expect(fieldsOf(token)).toEqual({ session_id: opentokSessionId, create_time: expiresAt - 86_400, nonce: expect.stringMatching(/^0\.\d{28}$/), role: 'publisher', expire_time: expiresAt, initial_layout_class_list: '' });
    expect(await issue(opentokSessionId, { role: 'subscriber', expiresAt: now + 100, data: '{"n":1}' })).toMatchObject({ role: 'subscriber', expiresAt: now + 100, data: '{"n":1}' });
  });

  test.each([
    [-10, 'opentok.expires_at'],
    [0, 'opentok.expires_at'],
    [10, 'granted'],
    [30 * 86_400 - 10, 'granted'],
    [30 * 86_400 + 10, 'opentok.expires_at'],
  ])('that ends in %i s: %s', async (ahead, code) => {
    const { opentokSessionId } = await create();
    expect(await outcome(issue(opentokSessionId, { expiresAt: (await seconds()) + ahead }))).toBe(code);
  });

  test.each(['', 'x', '2_nothing', `2_${'x'.repeat(300)}`, '\u0000', '2_../x'])('is not issued for %j', async (id) => {
    expect(await outcome(issue(id))).toBe('opentok.session_not_found');
  });

  test('is not issued for another org’s session', async () => {
    const { opentokSessionId } = await create();
    expect(await outcome(issue(opentokSessionId, {}, other))).toBe('opentok.session_not_found');
  });

  test('is told of, without itself', async () => {
    const { opentokSessionId } = await create({ sid: 'told' });
    const { token } = await issue(opentokSessionId, { data: 'canary' });
    const told = (await bench.events()).filter(({ data }) => data['opentokSessionId'] === opentokSessionId);
    expect(told.map(({ type, sequence }) => [type, sequence])).toEqual([['evt.session.opentok-session-created.v1', 1], ['evt.session.opentok-token-issued.v1', 1]]);
    expect(told[1]?.data).toMatchObject({ sid: 'told', clientId: 'key-1', role: 'publisher', anonymous: false });
    expect(JSON.stringify(told)).not.toContain('canary');
    expect(JSON.stringify(told)).not.toContain(String(fieldsOf(token)['nonce']));
  });
});

describe('Anybody', () => {
  test('makes sessions and tokens of the org that was named for it, and gets into nothing else of it', async () => {
    const { opentokSessionId, clientId } = await bench.copy.opentok.createPublic({ mediaMode: 'relayed', location: null });
    expect([opentokSessionId.slice(0, 2), clientId]).toEqual(['1_', 'key-7']);
    const { token } = await bench.copy.opentok.issuePublic({ opentokSessionId, role: 'moderator', data: '' });
    expect((await connect(opentokSessionId, token)).orgId).toBe('org-7');
    expect(await outcome((async () => bench.copy.opentok.createPublic({ mediaMode: 'routed', location: null, sid: 'secret room' }))())).toBe('token.missing');
    const { opentokSessionId: ours } = await create();
    expect(await outcome(bench.copy.opentok.issuePublic({ opentokSessionId: ours, role: 'publisher', data: '' }))).toBe('opentok.session_not_found');
  });

  test('makes none where no org was named', async () => {
    const closed = await bench.anotherCopy({ publicOrgId: undefined });
    expect(await outcome((async () => closed.opentok.createPublic({ mediaMode: 'routed', location: null }))())).toBe('token.missing');
    expect(await outcome((async () => closed.opentok.issuePublic({ opentokSessionId: '2_x', role: 'publisher', data: '' }))())).toBe('token.missing');
  });
});

describe('The SDK', () => {
  const auth = async (claims: object = {}) => linkOf({ iss: 'key-1', ist: 'project', iat: await seconds(), exp: (await seconds()) + 300, ...claims });
  const byAuth = async (text: string) => outcome(bench.copy.opentok.createForSdk({ auth: text, mediaMode: 'routed', location: null }));

  test('makes sessions of its client', async () => {
    expect(await bench.copy.opentok.createForSdk({ auth: await auth(), mediaMode: 'relayed', location: null })).toMatchObject({ clientId: 'key-1', mediaMode: 'relayed' });
  });

  test.each<[string, object]>([
    ['that has expired', { exp: 1_000_000_000 }],
    ['without an end', { exp: undefined }],
    ['with an end that is no number', { exp: '9999999999' }],
    ['without a beginning', { iat: undefined }],
    ['from the future', { iat: 4_000_000_000, exp: 4_000_000_300 }],
    ['of another kind', { ist: 'account' }],
    ['that says nothing of its kind', { ist: undefined }],
    ['that is a token for a client', { session_id: '2_x', scope: 'session.connect', role: 'moderator', nonce: 0.5 }],
    ['that is a token for a session', { session_id: '2_x' }],
    ['that is a session link', { ist: undefined, un: 'Ann', ref: 'r', sid: 's', rle: 'guest' }],
  ])('is refused with a JWT %s', async (_, claims) => {
    expect(await byAuth(await auth(claims))).toBe('opentok.auth');
  });

  test.each(['', 'x', 'a.b.c', 'T1==x'])('is refused with %j', async (text) => {
    expect(await byAuth(text)).toBe('opentok.auth');
  });
});

describe('Connecting', () => {
  const t1 = (fields: object) => t1Of('key-1', { role: 'publisher', nonce: '0.1', ...fields });

  test.each([
    ['moderator', 'owner', 'Moderator', ['publish', 'subscribe', 'data', 'moderate']],
    ['publisher', 'guest', 'Publisher', ['publish', 'subscribe', 'data']],
    ['publisheronly', 'guest', 'Publisher', ['publish', 'data']],
    ['subscriber', 'guest', 'Subscriber', ['subscribe']],
  ])('a %s is %s', async (role, as, name, capabilities) => {
    const { opentokSessionId } = await create();
    const entry = await connect(opentokSessionId, (await issue(opentokSessionId, { role })).token);
    expect(entry).toMatchObject({ sid: opentokSessionId, role: as, name, capabilities, subscriptionId: null, clientId: 'key-1' });
    const claims = JSON.parse(Buffer.from(entry.accessToken.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ role: as, capabilities });
  });

  test('each nonce is one person, each token another', async () => {
    const { opentokSessionId } = await create();
    const { token } = await issue(opentokSessionId);
    for (let n = 0; n < 7; n += 1) await connect(opentokSessionId, token);
    for (let n = 0; n < 4; n += 1) await connect(opentokSessionId, (await issue(opentokSessionId)).token, `Person ${n}`);
    expect(await outcome(connect(opentokSessionId, (await issue(opentokSessionId)).token))).toBe('session.full');
    expect(await outcome(connect(opentokSessionId, token))).toBe('granted');
  });

  test('a token of the JWT format is as good as a T1, and makes no sessions', async () => {
    const copy = await bench.anotherCopy({ tokenFormat: 'jwt' });
    const { opentokSessionId } = await create();
    const { token, expiresAt } = await copy.opentok.issue(bench.actor, { opentokSessionId, role: 'moderator', data: 'x' });
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ iss: 'key-1', ist: 'project', exp: expiresAt, session_id: opentokSessionId, role: 'moderator', connection_data: 'x' });
    for (let n = 0; n < 6; n += 1) expect(await connect(opentokSessionId, token)).toMatchObject({ sid: opentokSessionId, role: 'owner' });
    expect(await outcome(connect((await create()).opentokSessionId, token))).toBe('opentok.token');
    expect(await outcome(copy.opentok.createForSdk({ auth: token, mediaMode: 'routed', location: null }))).toBe('opentok.auth');
    await bench.moveClock(expiresAt - (await seconds()) + 1);
    expect(await outcome(connect(opentokSessionId, token))).toBe('link.expired');
  });

  test('T1s and JWTs of other makers', async () => {
    const { opentokSessionId: session_id } = await create();
    const now = await seconds();
    expect(await outcome(connect(session_id, t1({ session_id, expire_time: now + 60 })))).toBe('granted');
    const jwt = { iss: 'key-1', ist: 'project', iat: now, exp: now + 60, session_id, create_time: now, nonce: 0.25, role: 'publisher', expire_time: now + 60, scope: 'session.connect' };
    expect(await outcome(connect(session_id, linkOf(jwt)))).toBe('granted');
    for (const changes of [{ scope: undefined }, { ist: undefined }, { exp: undefined }, { session_id: undefined }, { nonce: undefined }, { role: 'owner' }, { exp: '1' }]) {
      expect([changes, await outcome(connect(session_id, linkOf({ ...jwt, ...changes })))]).toEqual([changes, 'opentok.token']);
    }
    expect(await outcome(connect(session_id, linkOf({ ...jwt, exp: now - 1 })))).toBe('link.expired');
    expect(await outcome(connect(session_id, linkOf({ iss: 'key-1', un: 'Ann', ref: 'r', sid: session_id, rle: 'guest' })))).toBe('opentok.token');
  });

  test.each<[string, object, string]>([
    ['has expired', { expire_time: 1_000_000_000 }, 'link.expired'],
    ['has no end', { expire_time: undefined }, 'opentok.token'],
    ['has an end that is none', { expire_time: 'soon' }, 'opentok.token'],
    ['has no nonce', { nonce: undefined }, 'opentok.token'],
    ['has an empty nonce', { nonce: '' }, 'opentok.token'],
    ['has a nonce with blanks', { nonce: 'a b' }, 'opentok.token'],
    ['has an unknown role', { role: 'owner' }, 'opentok.token'],
    ['has another scope', { scope: 'session.read' }, 'opentok.token'],
    ['is for another session', { session_id: '2_other' }, 'opentok.token'],
    ['is for no session', { session_id: undefined }, 'opentok.token'],
  ])('a T1 that %s', async (_, fields, code) => {
    const { opentokSessionId: session_id } = await create();
    const text = Object.fromEntries(Object.entries({ session_id, expire_time: (await seconds()) + 60, ...fields }).filter(([, value]) => value !== undefined));
    const token = t1Of('key-1', 'nonce' in fields && fields.nonce === undefined ? { role: 'publisher', ...text } : { role: 'publisher', nonce: '0.1', ...text });
    expect(await outcome(connect(session_id, token))).toBe(code);
  });

  test('a token of another org opens nothing, even if it names the session', async () => {
    const { opentokSessionId: session_id } = await create();
    expect(await outcome(connect(session_id, t1Of('key-2', { role: 'moderator', nonce: '0.1', session_id, expire_time: (await seconds()) + 60 })))).toBe('opentok.session_not_found');
  });

  test('a token issued before its session was ended is revoked; so is one of a disabled client', async () => {
    const { opentokSessionId } = await create({ sid: 'ended' });
    const { token } = await issue(opentokSessionId);
    await connect(opentokSessionId, token);
    await bench.moveClock(2);
    await bench.copy.sessions.end(bench.actor, 'ended');
    expect(await outcome(connect(opentokSessionId, token))).toBe('link.revoked');
    await bench.moveClock(2);
    const { token: later } = await issue(opentokSessionId);
    bench.outside.clientActive = false;
    expect(await outcome(connect(opentokSessionId, later))).toBe('link.revoked');
    bench.outside.clientActive = true;
    expect(await outcome(connect(opentokSessionId, later))).toBe('granted');
  });
});

describe('Three ways into one session', () => {
  test('five seats in all, the sixth is refused at each door', async () => {
    bench.outside.subscribe('dr-grey');
    const sid = 'meeting';
    const { opentokSessionId } = await create({ sid });
    const { aliasId } = await bench.copy.aliases.create(bench.actor, { type: 'conference', expiresAt: new Date(((await bench.now()) + 3600) * 1000).toISOString(), sid, passcode: 'p' });
    const byLink = (un: string) => bench.enter({ sid, rle: 'owner', email: `${un}@example.org`, un });
    const byAlias = (name: string) => bench.copy.aliasDoors.join({ aliasId, passcode: 'p', name });
    const byToken = async () => connect(opentokSessionId, (await issue(opentokSessionId)).token);
    const entries = [await byLink('Grey'), await byAlias('Ann'), await byToken(), await byAlias('Bob'), await byToken()];
    expect(new Set(entries.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect([await outcome(byLink('House')), await outcome(byAlias('Zoe')), await outcome(byToken())]).toEqual(['session.full', 'session.full', 'session.full']);
    await bench.copy.entries.remove(bench.actor, { sid, entryId: entries[1]?.entryId ?? '' });
    const codes = await Promise.all([outcome(byLink('House')), outcome(byAlias('Zoe')), outcome(byToken())]);
    expect(codes.filter((code) => code === 'granted')).toHaveLength(1);
  });
});
