import type { AliasDto, NewAlias } from '@parley/dto';
import { actorOf } from '../testing/copy.js';
import { Bench, outcome } from '../testing/bench.js';
import { AliasExpiry } from '../alias-expiry/alias-expiry.js';

let bench: Bench;
beforeAll(async () => void (bench = await Bench.start()));
afterAll(() => bench.stop());

const other = actorOf('org-2');
const inAnHour = async () => new Date((await bench.now()) * 1000 + 3_600_000).toISOString();
const create = async (more: Partial<NewAlias> = {}): Promise<AliasDto> => bench.copy.aliases.create(bench.actor, { type: 'conference', expiresAt: await inAnHour(), ...more });
const secrets = { passcode: 'canary-passcode', jwtSecret: 'canary-secret', streamKey: 'canary-key' };
const toldOf = async (aliasId: string) => (await bench.events()).filter(({ data }) => data['aliasId'] === aliasId);

describe('An alias', () => {
  test('is a short name of a session of its own, unless another is named', async () => {
    const alias = await create();
    expect(alias).toMatchObject({ aliasId: expect.stringMatching(/^[A-Za-z0-9]{5}$/), sid: alias.aliasId, name: null, passcode: null, jwtSecret: null, streamKey: null });
    expect(await create({ sid: 'room-7' })).toMatchObject({ sid: 'room-7' });
  });

  test('shows its org what protects it, and keeps it sealed', async () => {
    const { aliasId } = await create(secrets);
    expect(await bench.copy.aliases.get(bench.actor, aliasId)).toMatchObject(secrets);
    const [row] = await bench.copy.db.query<{ dump: string }>(`select (select string_agg(a::text, '') from alias a) || (select string_agg(o::text, '') from outbox o) as dump`);
    expect(row?.dump).not.toMatch(/canary/);
  });

  test.each([
    ['passcode', { passcode: 'other' }, { ...secrets, passcode: 'other' }],
    ['passcode taken away', { passcode: null }, { ...secrets, passcode: null }],
    ['everything taken away', { passcode: null, jwtSecret: null, streamKey: null, name: null }, { passcode: null, jwtSecret: null, streamKey: null, name: null }],
    ['type', { type: 'live' as const }, { ...secrets, type: 'live' }],
    ['name', { name: 'Ünï' }, { ...secrets, name: 'Ünï' }],
  ])('is changed in what is named and in nothing else: %s', async (_, change, after) => {
    const { aliasId } = await create({ ...secrets, name: 'A' });
    expect(await bench.copy.aliases.change(bench.actor, aliasId, change)).toMatchObject(after);
    expect(await bench.copy.aliases.get(bench.actor, aliasId)).toMatchObject(after);
  });

  test.each(['', ' ', 'ключ🔑', 'x'.repeat(10_000), '\u0000'])('gives any secret back as it came: %#', async (jwtSecret) => {
    expect((await create({ jwtSecret })).jwtSecret).toBe(jwtSecret);
  });

  test('of another org is as if it were not there', async () => {
    const { aliasId } = await create();
    const of = (work: Promise<unknown>) => outcome(work);
    expect(await of(bench.copy.aliases.get(other, aliasId))).toBe('alias.not_found');
    expect(await of(bench.copy.aliases.change(other, aliasId, { name: 'mine' }))).toBe('alias.not_found');
    expect(await of(bench.copy.aliases.remove(other, aliasId))).toBe('alias.not_found');
    expect(await of(bench.copy.aliasDoors.joinOwn(other, { aliasId }))).toBe('alias.not_found');
    expect(await of(bench.copy.aliases.authorizeStream(other, { aliasId, streamKey: 'x' }))).toBe('alias.not_found');
    expect((await bench.copy.aliases.get(bench.actor, aliasId)).name).toBeNull();
  });

  test.each(['', 'x', 'nope!', 'a'.repeat(40), '\u0000', '../..'])('has no such id as %j', async (aliasId) => {
    expect(await outcome(bench.copy.aliases.get(bench.actor, aliasId))).toBe('alias.not_found');
  });

  test('is deleted once', async () => {
    const { aliasId } = await create();
    await bench.copy.aliases.remove(bench.actor, aliasId);
    expect(await outcome(bench.copy.aliases.remove(bench.actor, aliasId))).toBe('alias.not_found');
  });

  test('tells what becomes of it, in order and without a secret', async () => {
    const { aliasId } = await create({ ...secrets, expiresAt: '2020-01-01T00:00:00.000Z' });
    const expiry = new AliasExpiry(bench.copy.db, bench.copy.aliases, { warn: () => undefined } as never);
    const copy = await bench.anotherCopy();
    await Promise.all([expiry.round(), new AliasExpiry(copy.db, copy.aliases, { warn: () => undefined } as never).round(), expiry.round()]);
    await bench.copy.aliases.change(bench.actor, aliasId, { passcode: null, expiresAt: '2020-01-02T00:00:00.000Z' });
    await expiry.round();
    await expiry.round();
    await bench.copy.aliases.remove(bench.actor, aliasId);
    const told = await toldOf(aliasId);
    expect(told.map(({ type, sequence }) => [type.split('.')[2], sequence])).toEqual([['alias-created', 1], ['alias-expired', 2], ['alias-updated', 3], ['alias-expired', 4], ['alias-deleted', 5]]);
    expect(told[2]?.data).toMatchObject({ changed: ['expired_at', 'passcode'], has: ['jwt_secret', 'stream_key'] });
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  test('that many make at once is told of once each, with an id of its own', async () => {
    const copy = await bench.anotherCopy();
    const made = await Promise.all(Array.from({ length: 60 }, async (_, n) => (n % 2 ? bench.copy : copy).aliases.create(other, { type: 'live', expiresAt: await inAnHour() })));
    expect(new Set(made.map(({ aliasId }) => aliasId)).size).toBe(60);
    expect((await bench.copy.aliases.list(other, { page: 0, count: 200 })).items).toHaveLength(60);
  });
});

describe('A stream key', () => {
  const may = (aliasId: string, streamKey: string) => outcome(bench.copy.aliases.authorizeStream(bench.actor, { aliasId, streamKey }));

  test('is generated where one is asked for, and again when it is to be another', async () => {
    const { aliasId, streamKey } = await create({ streamKey: true });
    expect(streamKey).toMatch(/^sk_[\w-]{32}$/);
    const rotated = (await bench.copy.aliases.change(bench.actor, aliasId, { streamKey: true })).streamKey;
    expect(rotated).toMatch(/^sk_[\w-]{32}$/);
    expect([await may(aliasId, rotated ?? ''), await may(aliasId, streamKey ?? '')]).toEqual(['granted', 'alias.stream_refused']);
  });

  test('may publish where it belongs, while the alias lasts', async () => {
    const { aliasId } = await create({ streamKey: 'mine' });
    const { aliasId: keyless } = await create();
    const { aliasId: gone } = await create({ streamKey: 'mine', expiresAt: '2020-01-01T00:00:00.000Z' });
    expect(await Promise.all([may(aliasId, 'mine'), may(aliasId, 'Mine'), may(aliasId, ''), may(keyless, ''), may(gone, 'mine'), may('zzzzz', 'mine')])).toEqual(
      ['granted', 'alias.stream_refused', 'alias.stream_refused', 'alias.stream_refused', 'alias.stream_refused', 'alias.not_found'],
    );
  });
});

describe('The list of aliases', () => {
  const ORG = 'org-many';
  const many = actorOf(ORG);

  beforeAll(async () => {
    await bench.copy.db.query(
      `insert into alias (uid, id, org_id, client_id, sid, type, expires, created, sequence)
       select gen_random_uuid(), 'b' || lpad(to_hex(n), 7, '0'), case when n % 4 = 0 then '${ORG}' else 'org-else' end, 'key-1', 'room', case when n % 40 = 0 then 'live' else 'conference' end, parley_now(), parley_now(), 1
       from generate_series(1, 100000) n`,
    );
    await bench.copy.db.query('vacuum analyze alias');
  });

  test('leads from the oldest to the newest, each of them once', async () => {
    let after: string | undefined;
    const seen: string[] = [];
    do {
      const page = await bench.copy.aliases.list(many, { page: after === undefined ? 0 : 1, count: 200, type: 'live', cursor: after });
      seen.push(...page.items.map(({ aliasId }) => aliasId));
      after = page.next?.cursor;
    } while (after !== undefined);
    expect(seen).toHaveLength(2500);
    expect([...seen].sort()).toEqual(seen);
    expect(new Set(seen).size).toBe(2500);
  });

  test.each([
    ['all', undefined],
    ['one type', 'live' as const],
  ])('reads what a page needs, wherever the page is: %s', async (_, type) => {
    const where = type === undefined ? `org_id = '${ORG}'` : `org_id = '${ORG}' and type = '${type}'`;
    const [{ middle } = { middle: 0 }] = await bench.copy.db.query<{ middle: number }>(`select percentile_disc(0.9) within group (order by position) as middle from alias where ${where}`);
    const read = await Promise.all([0, middle].map((from) => buffersOf(`select * from alias a where ${where} and a.position > ${from} order by a.position limit 51`)));
    for (const buffers of read) expect(buffers).toBeLessThan(130);
  });

  async function buffersOf(sql: string): Promise<number> {
    const [plan] = await bench.copy.db.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(`explain (analyze, buffers, format json) ${sql}`);
    const { Plan } = plan?.['QUERY PLAN'][0] ?? { Plan: {} };
    return (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0);
  }
});
