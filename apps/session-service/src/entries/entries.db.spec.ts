import type { EntryDto } from '@parley/dto';
import { Bench, outcome } from '../testing/bench.js';
import { actorOf } from '../testing/copy.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
  bench.outside.subscribe('dr-grey');
});
afterEach(() => bench.stop());

const half = (token: string) => token.slice(0, token.lastIndexOf('.'));
const actorIn = ({ entryId, sid }: EntryDto) => ({ kind: 'entry' as const, orgId: 'org-1', sid, entryId });
const page = { page: 0, count: 200 };

test('an entry says what the link said', async () => {
  const entry = await bench.enter({ un: 'Dr Grey', rle: 'owner', email: 'grey@example.org', sid: 'Raum 1/ä' });
  expect(entry).toEqual({
    ...{ entryId: expect.any(String), orgId: 'org-1', sessionId: expect.any(String), sid: 'Raum 1/ä', clientId: 'key-1', subscriptionId: expect.any(String) },
    ...{ name: 'Dr Grey', role: 'owner', peerId: expect.any(String), enteredAt: expect.any(String), accessToken: expect.any(String) },
    ...{ leaseUntil: expect.any(String), endedAt: null, capabilities: expect.any(Array) },
  });
});

describe('leaving', () => {
  test('gives the same answer again', async () => {
    const entry = await bench.enter();
    const first = await bench.copy.entries.leave(actorIn(entry), entry);
    await bench.moveClock(5);

    expect(first).toMatchObject({ entryId: entry.entryId, endedAt: expect.any(String) });
    expect(await bench.copy.entries.leave(actorIn(entry), entry)).toEqual(first);
    expect(await bench.copy.entries.remove(bench.actor, entry)).toEqual(first);
    expect((await bench.events()).filter(({ type }) => type.includes('left')).map(({ data }) => [data['reason'], data['how']])).toEqual([['left', 'declared']]);
  });

  test('C13.1: frees the seat at once', async () => {
    const [first] = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((un) => bench.enter({ un })));
    if (!first) throw new Error('nobody was let in');
    await bench.copy.entries.leave(actorIn(first), first);
    expect(await bench.codeOf({ un: 'f' })).toBe('granted');
  });

  test.each(['heartbeat', 'leave'] as const)('%s with the token of another entry or session is refused', async (action) => {
    const [mine, yours] = [await bench.enter(), await bench.enter({ un: 'Bob' })];
    expect(await outcome(bench.copy.entries[action](actorIn(mine), yours))).toBe('entry.token');
    expect(await outcome(bench.copy.entries[action](actorIn(mine), { ...mine, sid: 'room-2' }))).toBe('entry.token');
  });

  test('who was lapsed already has lapsed, not left', async () => {
    const entry = await bench.enter();
    await bench.moveClock(3601);
    expect(await bench.copy.entries.leave(actorIn(entry), entry)).toMatchObject({ endedAt: entry.enteredAt });
    expect((await bench.events()).at(-1)?.data).toMatchObject({ reason: 'lapsed', how: 'inferred' });
  });
});

describe('removal', () => {
  test('ends the entry and gives the same answer again', async () => {
    const entry = await bench.enter();
    const first = await bench.copy.entries.remove(bench.actor, entry);
    expect(await bench.copy.entries.remove(bench.actor, entry)).toEqual(first);
    expect((await bench.events()).at(-1)?.data).toMatchObject({ entryId: entry.entryId, reason: 'removed', how: 'declared' });
    expect(await outcome(bench.copy.entries.heartbeat(actorIn(entry), entry))).toBe('entry.ended');
  });

  test('of a foreign, absent or misplaced entry finds nothing', async () => {
    const { entryId } = await bench.enter();
    const remove = (orgId: string, sid: string, id: string) => outcome(bench.copy.entries.remove(actorOf(orgId), { sid, entryId: id }));
    expect(await remove('org-2', 'room-1', entryId)).toBe('entry.not_found');
    expect(await remove('org-1', 'room-2', entryId)).toBe('entry.not_found');
    expect(await remove('org-1', 'room-1', 'not-an-id')).toBe('entry.not_found');
  });
});

describe('the list', () => {
  test('C7.3, C7.4: holds the org’s entries in the order of creation, with half a token each', async () => {
    bench.outside.subscribe('dr-grey', 'org-2');
    const all = [await bench.enter({ un: 'a' }), await bench.enter({ un: 'b' }), await bench.enter({ un: 'c' })];
    await bench.enter({ iss: 'key-2' });

    const { items, next } = await bench.copy.entries.list(bench.actor, page);

    expect(items).toEqual(all.map((entry) => ({ ...entry, accessToken: half(entry.accessToken) })));
    expect(next).toBeUndefined();
  });

  test('C8.1, C10.3: can be told the subscription or the session name', async () => {
    const { subscriptionId } = bench.outside.subscribe('dr-house');
    await bench.enter({ un: 'a' });
    await bench.enter({ un: 'b', ref: 'dr-house', sid: 'room-2' });
    const names = async (filter: object) => (await bench.copy.entries.list(bench.actor, { ...page, ...filter })).items.map(({ name }) => name);

    expect(await names({ subscriptionId })).toEqual(['b']);
    expect(await names({ sid: 'room-1' })).toEqual(['a']);
    expect(await names({ sid: 'room-1', subscriptionId })).toEqual([]);
    expect(await names({ subscriptionId: 'not-an-id' })).toEqual([]);
  });

  test('P.3: is walked by its links', async () => {
    for (const un of ['a', 'b', 'c']) await bench.enter({ un });
    const first = await bench.copy.entries.list(bench.actor, { page: 0, count: 2 });
    const second = await bench.copy.entries.list(bench.actor, { count: 2, page: 1, ...first.next });
    expect([first, second].map(({ items }) => items.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
    expect(second.next).toBeUndefined();
  });
});
