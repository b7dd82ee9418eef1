import { statementsOf } from '@parley/testing';
import { Bench, outcome, slowDown } from '../testing/bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
  bench.outside.subscribe('dr-grey');
});
afterEach(() => bench.stop());

const tally = (codes: string[]) => Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((each) => each === code).length]));
const people = (count: number) => Array.from({ length: count }, (_, index) => `person-${index}`);

describe('seats', () => {
  test('five hundred people of twenty hosts, at once at two copies, are five participants', async () => {
    const other = await bench.anotherCopy();
    const refs = people(20).map((person) => bench.outside.subscribe(person).ref);
    const links = await Promise.all(people(500).map((un, index) => bench.link({ un, ref: refs[index % refs.length] })));

    const codes = await Promise.all(links.map((link, index) => outcome((index % 2 ? bench.copy : other).links.enter(link))));

    expect(tally(codes)).toEqual({ granted: 5, 'session.full': 495 });
    const { sessionId } = await bench.copy.sessions.get(bench.actor, 'room-1');
    expect((await bench.events(sessionId)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('two orgs that pick the same sid are in two sessions', async () => {
    bench.outside.subscribe('dr-grey', 'org-2');
    for (const un of people(5)) await bench.enter({ un });

    expect(await bench.codeOf({ un: 'Zoe' })).toBe('session.full');
    expect(await bench.codeOf({ un: 'Zoe', iss: 'key-2' })).toBe('granted');
  });

  test.each([
    ['sub', { sub: 'u1', un: 'One' }, { sub: 'u1', un: 'Two', email: 'x@example.org' }],
    ['email', { email: 'a@example.org', un: 'One' }, { rle: 'owner', email: 'a@example.org', un: 'Two' }],
    ['name', { un: 'One' }, { un: 'One' }],
  ])('the same person by %s takes no second seat', async (_, once, again) => {
    for (const un of people(4)) await bench.enter({ un });
    await bench.enter(once);

    expect(await bench.codeOf(again)).toBe('granted');
    expect(await bench.codeOf({ un: 'somebody else' })).toBe('session.full');
    expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ participants: 5 });
  });

  test('a name is believed three times; the fourth of that name takes a seat of its own', async () => {
    for (let time = 0; time < 3; time += 1) await bench.enter({ un: 'Ann' });
    expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ participants: 1 });

    await bench.enter({ un: 'Ann' });
    expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ participants: 2 });

    for (const un of people(3)) await bench.enter({ un });
    expect(await bench.codeOf({ un: 'Ann' })).toBe('session.full');
  });

  test('a lease that has run out holds no seat, whether or not a reaper has come by', async () => {
    for (const un of people(5)) await bench.enter({ un });
    expect(await bench.codeOf({ un: 'Zoe' })).toBe('session.full');

    await bench.moveClock(3601);

    expect(await bench.codeOf({ un: 'Zoe' })).toBe('granted');
    expect(await bench.copy.sessions.get(bench.actor, 'room-1')).toMatchObject({ participants: 1 });
  });
});

describe('a subscription', () => {
  const owner = { rle: 'owner', email: 'grey@example.org' };

  test('enters one session at a time, however many ask at once', async () => {
    const other = await bench.anotherCopy();
    await bench.copy.entries.remove(bench.actor, await bench.enter(owner));
    await Promise.all([slowDown(bench.copy, 200), slowDown(other, 200)]);
    const links = await Promise.all(Array.from({ length: 40 }, (_, index) => bench.link({ ...owner, sid: `room-${index}` })));

    const codes = await Promise.all(links.map((link, index) => outcome((index % 2 ? bench.copy : other).links.enter(link))));

    expect(tally(codes)).toEqual({ granted: 1, 'subscription.busy': 39 });
  });

  test('is busy for its guests too, and free for more entries where it is', async () => {
    await bench.enter(owner);
    expect(await bench.codeOf({ sid: 'room-2' })).toBe('subscription.busy');
    expect(await bench.codeOf()).toBe('granted');
  });

  test('meets others in one session', async () => {
    bench.outside.subscribe('dr-house');
    await bench.enter(owner);
    expect(await bench.codeOf({ ref: 'dr-house', rle: 'owner', email: 'house@example.org' })).toBe('granted');
  });

  test('is free again when its lease elsewhere has run out, and the end there is told', async () => {
    const entry = await bench.enter(owner);
    await bench.moveClock(3601);

    expect(await bench.codeOf({ ...owner, sid: 'room-2' })).toBe('granted');
    expect((await bench.events(entry.sessionId)).map(({ type }) => type)).toEqual([
      'evt.session.session-started.v1',
      'evt.session.entry-granted.v1',
      'evt.session.participant-left.v1',
    ]);
  });

  test('that is not known here is asked for once', async () => {
    await bench.enter();
    await bench.enter({ un: 'Bob' });
    expect(bench.outside.asked.filter((subject) => subject === 'rpc.subscription.internal.find-active')).toHaveLength(1);
  });

  test('whose owner does not answer holds up nobody else at the same door', async () => {
    bench.outside.hanging.add('nobody');
    const waits = bench.enter({ ref: 'nobody', un: 'Zoe' });
    const others = await Promise.all(people(5).map((un) => bench.codeOf({ un })));

    expect(others).toEqual(Array(5).fill('granted'));
    expect(await Promise.race([waits, Promise.resolve('waits')])).toBe('waits');
  });

  test('that is not active admits neither owner nor guest', async () => {
    expect(await bench.codeOf({ ref: 'nobody' })).toBe('subscription.inactive');
    expect(await bench.codeOf({ ...owner, ref: 'nobody' })).toBe('subscription.inactive');
  });

  test('that can’t be asked for admits nobody and refuses nobody', async () => {
    bench.outside.away.add('subscription');
    expect(await bench.codeOf()).toBe('unavailable');
    bench.outside.away.delete('subscription');
    expect(await bench.codeOf()).toBe('granted');
  });
});

describe('a link', () => {
  test('that can’t be verified now is neither refused nor admitted', async () => {
    bench.outside.away.add('auth');
    expect(await bench.codeOf()).toBe('unavailable');
  });

  test('of a disabled client is revoked, but its claims are judged first', async () => {
    bench.outside.clientActive = false;
    expect(await bench.codeOf()).toBe('link.revoked');
    expect(await bench.codeOf({ un: '' })).toBe('link.claims');
  });

  test('is refused for its time before anybody is asked about its subscription', async () => {
    const now = Math.floor(await bench.now());
    bench.outside.away.add('subscription');
    expect(await bench.codeOf({ exp: now - 1 })).toBe('link.expired');
    expect(await bench.codeOf({ nbf: now + 120 })).toBe('link.not_yet_valid');
  });

  test('without exp works for a day after it was signed', async () => {
    const iat = Math.floor(await bench.now()) - 86_000;
    expect(await bench.codeOf({ iat, exp: undefined })).toBe('granted');
    await bench.moveClock(401);
    expect(await bench.codeOf({ iat, exp: undefined })).toBe('link.expired');
  });

  test('without exp and iat works for a day after its first use, even one that was refused', async () => {
    const link = await bench.link({ iat: undefined, exp: undefined, ref: 'late' });
    expect(await outcome(bench.copy.links.enter(link))).toBe('subscription.inactive');
    bench.outside.subscribe('late');

    await bench.moveClock(86_390);
    expect(await outcome(bench.copy.links.enter(link))).toBe('granted');
    await bench.moveClock(20);
    expect(await outcome(bench.copy.links.enter(link))).toBe('link.expired');
  });

  test('that is tried again and again is refused each time, and written down once a second', async () => {
    const link = await bench.link({ exp: 1 });
    const began = Date.now();
    const codes = await Promise.all(Array.from({ length: 50 }, () => outcome(bench.copy.links.enter(link))));
    const seconds = (Date.now() - began) / 1000;

    expect(tally(codes)).toEqual({ 'link.expired': 50 });
    const [kept] = await bench.copy.db.query<{ n: number }>('select count(*) as n from refusal');
    expect(kept?.n).toBeGreaterThanOrEqual(1);
    expect(kept?.n).toBeLessThanOrEqual(1 + seconds);
  });

  test('is revoked by every kind of moment', async () => {
    await bench.enter();
    const [door] = await bench.copy.db.query<{ id: string }>('select id from subscription_door');
    const kinds = { org: 'org-1', client: 'key-1', subscription: door?.id, session: 'room-1', person: 'name:Ann' };
    for (const [kind, key] of Object.entries(kinds)) {
      await bench.copy.db.query("insert into valid_from values ('org-1', $1, $2, parley_now())", [kind, key]);
      expect([kind, await bench.codeOf({ iat: 1000, exp: undefined })]).toEqual([kind, 'link.revoked']);
      await bench.copy.db.query('truncate valid_from');
    }
  });

  test('tells what it is for without granting anything', async () => {
    const link = await bench.link({ img: 'https://x.example/a.png' });
    const waiting = { name: 'Ann', role: 'guest', sid: 'room-1', picture: 'https://x.example/a.png', returnUrl: null, state: 'waiting', participants: 0 };
    expect(await bench.copy.links.preview(link)).toEqual(waiting);

    await bench.enter();
    expect(await bench.copy.links.preview(link)).toEqual({ ...waiting, state: 'open', participants: 1 });
    expect(await bench.events()).toHaveLength(2);
  });
});

describe('what is kept of an entry', () => {
  test('neither token nor link can be found in any table', async () => {
    const link = await bench.link();
    const { accessToken } = await bench.copy.links.enter(link);
    const secrets = [accessToken, link].map((text) => text.slice(text.lastIndexOf('.') + 1));

    const tables = await bench.copy.db.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'session'");
    for (const { name } of tables) {
      const [row] = await bench.copy.db.query<{ dump: string }>(`select coalesce(string_agg(t::text, ' '), '') as dump from "${name}" t`);
      for (const secret of secrets) expect([name, row?.dump.includes(secret)]).toEqual([name, false]);
    }
  });

  test('an entry takes two round trips, each of its statements and the next sent at once', async () => {
    await bench.enter();
    const link = await bench.link({ un: 'Bob' });
    const sent = statementsOf(bench.copy.db);

    await bench.copy.links.enter(link);
    expect(sent.map(({ text }) => /\w+/.exec(text)?.[0])).toEqual(['begin', 'with', 'with', 'commit']);
  });
});
