import { jest } from '@jest/globals';
import type { CallRecordDto, UsageGrouping, UsageSumDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, runMigrations, type Tx, uuidv7 } from '@parley/persistence';
import { testDatabase, type TestDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import { RecordsConsumer } from '../records/records.consumer.js';
import { RecordsRepository } from '../records/records.repository.js';
import { RecordsService } from '../records/records.service.js';
import { type Happening, hear, numbersOf, type Presence, shuffled, Story } from '../testing/story.js';
import { UsageLedger } from './usage-ledger.js';
import { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';

jest.setTimeout(60_000); // hundreds of transactions, which take their time on a busy machine

let server: TestDatabase;
let copies: [Database, Database];
let db: Database;
let usage: UsageService;
let records: RecordsService;
const consumer = new RecordsConsumer(new RecordsRepository(), new UsageLedger());

beforeAll(async () => {
  server = await testDatabase('call');
  await runMigrations({ url: server.url, schema, migrations });
  copies = [await Database.connect({ url: server.url, schema, entities: [] }), await Database.connect({ url: server.url, schema, entities: [] })];
  db = copies[0];
  usage = new UsageService(db, new UsageRepository());
  records = new RecordsService(db, new RecordsRepository());
});
afterAll(async () => {
  await Promise.all(copies.map((copy) => copy.close()));
  await server.drop();
});
afterEach(() => db.query('truncate usage_entry, participation, call_record, subscription'));

const of = (orgId: string): Actor => ({ kind: 'access', orgId, clientId: 'key', subject: 'key', scopes: [] });
const actor = of('org-1');
const firstPage = { page: 0, count: 200 };
const byMonth: UsageGrouping = { subscription: false, period: 'month' };
const utc = (text: string): number => Date.parse(`${text}Z`);
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 1000;
const list = async (groupBy: UsageGrouping, more: object = {}): Promise<Omit<UsageSumDto, 'orgId'>[]> =>
  (await usage.list(actor, { ...firstPage, ...more, groupBy })).items.map(({ orgId: _, ...sum }) => sum);
const tell = (happenings: readonly Happening[], to = db) => to.write([], (tx) => {
  for (const happening of happenings) hear(consumer, tx, happening);
  return Promise.resolve();
});
const ledger = () => db.query<{ day: string; seconds: number; correction: boolean }>('select day::text, seconds, correction from usage_entry order by id');

const tooMany = { kind: 'unprocessable', code: 'usage.too_many_records' };
/** As if little of the request's time were left. */
const inHaste = (work: () => Promise<unknown>) => {
  const deadline = Date.now() + 200;
  Database.deadline = () => deadline;
  return work().finally(() => (Database.deadline = () => undefined));
};

/** Somebody alone in a session. */
async function attended(from: string, to: string, subscriptionId: string | null = null, orgId = 'org-1'): Promise<{ story: Story; presence: Presence }> {
  const story = new Story(orgId, utc(from));
  const presence = story.join(utc(from), subscriptionId);
  story.leave(presence, utc(to));
  await tell(story.happenings);
  return { story, presence };
}

describe('Usage', () => {
  it('U.2: is the seconds that each participant was there, of everybody who is gone', async () => {
    const story = new Story('org-1', utc('2026-11-01T09:00:00'));
    const [ann, ben] = [story.join(utc('2026-11-01T09:00:00')), story.join(utc('2026-11-01T09:10:00.900'))];
    story.leave(ann, utc('2026-11-01T09:30:00.999'));
    await tell(story.happenings);
    expect(await list(byMonth)).toEqual([{ month: '2026-11', participantSeconds: 1800 }]);

    story.leave(ben, utc('2026-11-01T09:20:00'));
    await tell(story.happenings.slice(-1));
    expect(await list(byMonth)).toEqual([{ month: '2026-11', participantSeconds: 2400 }]);
  });

  it('U.4: is split where a UTC day or month ends', async () => {
    await attended('2026-10-31T23:59:58.700', '2026-11-02T00:00:03.200');

    expect(await list({ subscription: false, period: 'day' })).toEqual([
      { day: '2026-10-31', participantSeconds: 2 },
      { day: '2026-11-01', participantSeconds: 86_400 },
      { day: '2026-11-02', participantSeconds: 3 },
    ]);
    expect(await list(byMonth)).toEqual([{ month: '2026-10', participantSeconds: 2 }, { month: '2026-11', participantSeconds: 86_403 }]);
    expect(await list({ subscription: false, period: null })).toEqual([{ participantSeconds: 86_405 }]);
  });

  it('U.3: is summed up by subscription, those without one under null, and by time', async () => {
    const [one, other] = [uuidv7(), uuidv7()].sort() as [string, string];
    await db.query("insert into subscription (id, org_id, ref, name, started, version) values ($1, 'org-1', 'dr-grey', 'Dr Grey', now(), 1)", [one]);
    await attended('2026-10-01T09:00:00', '2026-10-01T09:00:10', other);
    await attended('2026-11-01T09:00:00', '2026-11-01T09:00:20', one);
    await attended('2026-11-02T09:00:00', '2026-11-02T09:00:30', one);
    await attended('2026-11-01T09:00:00', '2026-11-01T09:00:40');
    await attended('2026-11-01T09:00:00', '2026-11-01T09:01:00', one, 'org-2');
    const [grey, unknown, none] = [{ subscriptionId: one, ref: 'dr-grey' }, { subscriptionId: other, ref: null }, { subscriptionId: null, ref: null }];

    expect(await list({ subscription: true, period: null })).toEqual([{ ...grey, participantSeconds: 50 }, { ...unknown, participantSeconds: 10 }, { ...none, participantSeconds: 40 }]);
    const both = [
      { ...unknown, month: '2026-10', participantSeconds: 10 },
      { ...grey, month: '2026-11', participantSeconds: 50 },
      { ...none, month: '2026-11', participantSeconds: 40 },
    ];
    expect(await list({ subscription: true, period: 'month' })).toEqual(both);
    expect(await list({ subscription: true, period: 'month' }, { page: 1, count: 2 })).toEqual(both.slice(2));
    expect(await list({ subscription: true, period: 'day' }, { from: dayOf('2026-11-01'), to: dayOf('2026-11-02') })).toEqual([
      { ...grey, day: '2026-11-01', participantSeconds: 20 },
      { ...none, day: '2026-11-01', participantSeconds: 40 },
    ]);
    expect(await list(byMonth, { from: dayOf('2026-11-03') })).toEqual([]);
  });

  it('U.1: of no day at all is refused', async () => {
    await expect(list(byMonth, { from: 86_400, to: 86_400 })).rejects.toMatchObject({ kind: 'invalid', code: 'usage.range' });
    await expect(usage.reconcile(actor, { from: 172_800, to: 86_400 })).rejects.toMatchObject({ code: 'usage.range' });
  });

  it('U.5: what becomes known later is booked as a correction, what is told again is not booked', async () => {
    const { story, presence } = await attended('2026-10-31T23:59:00', '2026-11-01T00:01:00');
    story.leave(presence, utc('2026-10-31T23:59:30'));
    await tell([...story.happenings].reverse());
    await tell(story.happenings);

    expect(await ledger()).toEqual([
      { day: '2026-10-31', seconds: 60, correction: false },
      { day: '2026-11-01', seconds: 60, correction: false },
      { day: '2026-10-31', seconds: -30, correction: true },
      { day: '2026-11-01', seconds: -60, correction: true },
    ]);
    expect(await list(byMonth)).toEqual([{ month: '2026-10', participantSeconds: 30 }]);
  });

  it.each([['update usage_entry set seconds = 1'], ['delete from usage_entry']])('U.5: the ledger is only appended to: %s', async (sql) => {
    await attended('2026-11-01T09:00:00', '2026-11-01T09:00:10');

    await expect(db.query(sql)).rejects.toThrow('only appended to');
  });

  it('U.6: tells where the ledger does not agree with the records', async () => {
    const { presence } = await attended('2026-11-01T09:00:00', '2026-11-01T09:00:10');
    await attended('2026-10-31T23:59:50', '2026-11-01T00:00:10');
    await db.query("insert into usage_entry (org_id, entry_id, subscription_id, day, seconds, correction) values ('org-1', $1, null, '2026-11-01', 5, true)", [presence.entryId]);

    expect(await usage.reconcile(actor, {})).toEqual({ recorded: 30, booked: 35, differences: [{ subscriptionId: null, month: '2026-11', recorded: 20, booked: 25 }] });
    expect(await usage.reconcile(actor, { to: dayOf('2026-11-01') })).toEqual({ recorded: 10, booked: 10, differences: [] });
    expect(await usage.reconcile(of('org-2'), {})).toEqual({ recorded: 0, booked: 0, differences: [] });
  });

  it.each<[string, (tx: Tx, from: UsageRepository) => Promise<unknown>]>([
    ['summed up', (tx, from) => from.list(tx, 'org-1', { ...firstPage, groupBy: byMonth })],
    ['compared', (tx, from) => from.reconcile(tx, 'org-1', {})],
  ])('U.7: is %s within 1.5 s or not at all', async (_, work) => {
    const bound = await db.write([], async (tx) => {
      await work(tx, new UsageRepository());
      return tx.query('show statement_timeout');
    });

    expect(bound).toEqual([{ statement_timeout: '1500ms' }]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['summed up', () => list(byMonth)],
    ['compared', () => usage.reconcile(actor, {})],
  ])('U.7: says so when more would have to be %s than there is time for', async (_, ask) => {
    const late = copies[1].write([], async (tx) => {
      await tx.query('lock table usage_entry');
      return inHaste(ask).catch((error: unknown) => error);
    });

    expect(await late).toMatchObject(tooMany);
  });
});

/** Some occurrences round the end of a month, with people who come back, roles that change, and ends that become known better. */
function storiesOf(random: (limit: number) => number): Story[] {
  const subscriptions = [null, uuidv7(), uuidv7()];
  return Array.from({ length: 8 }, (_, index) => {
    const started = utc('2026-10-31T20:00:00') + random(6 * 3600_000);
    const story = new Story(`org-${(index % 2) + 1}`, started);
    for (let count = random(5); count >= 0; count -= 1) {
      const presence = story.join(started + random(3600_000), subscriptions[random(3)]);
      if (random(3) === 0) story.makeOwner(presence, presence.joined + 1);
      for (let ends = random(3); ends > 0; ends -= 1) story.leave(presence, presence.joined + random(5 * 3600_000));
    }
    story.end(started + 40 * 3600_000);
    return story;
  });
}

/** Nothing of it is shared with the SQL: seconds are counted one by one, by the calendar of JavaScript. */
function sumsOf(presences: readonly Presence[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { joined, left, subscriptionId } of presences) {
    for (let second = Math.floor(joined / 1000); second < Math.floor((left ?? 0) / 1000); second += 1) {
      const key = `${new Date(second * 1000).toISOString().slice(0, 7)} ${subscriptionId}`;
      sums[key] = (sums[key] ?? 0) + 1;
    }
  }
  return sums;
}

const total = (sums: Record<string, number>): number => Object.values(sums).reduce((sum, each) => sum + each, 0);

async function booked(orgId: string): Promise<Record<string, number>> {
  const { items } = await usage.list(of(orgId), { ...firstPage, groupBy: { subscription: true, period: 'month' } });
  return Object.fromEntries(items.map(({ month, subscriptionId, participantSeconds }) => [`${month} ${subscriptionId}`, participantSeconds]));
}

const seconds = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const shown = ({ callId, started, ended, endReason, participants }: CallRecordDto) => ({ callId, started, ended, endReason, participants: participants.map(({ entryId, role, joined, left }) => ({ entryId, role, joined, left })).sort(byEntry) });
const byEntry = (one: { entryId: string }, other: { entryId: string }): number => (one.entryId < other.entryId ? -1 : 1);
const expectedOf = ({ sessionId, started, presences }: Story) => ({
  callId: sessionId,
  started: seconds(started),
  ended: seconds(started + 40 * 3600_000),
  endReason: 'empty',
  participants: presences.map(({ entryId, role, joined, left }) => ({ entryId, role, joined: seconds(joined), left: seconds(left) })).sort(byEntry),
});

describe.each([1, 2, 3])('In any order, twice, and at once (seed %i)', (seed) => {
  it('U.6, C14.4: the ledger sums up to the records, and both to what happened', async () => {
    const random = numbersOf(seed);
    const stories = storiesOf(random);
    const once = stories.flatMap(({ happenings }) => happenings);
    const happenings = shuffled([...once, ...once.filter(() => random(3) === 0)], random);

    while (happenings.length > 0) {
      await Promise.all(copies.map((copy) => tell(happenings.splice(0, 1 + random(4)).sort((one, other) => (one.event.subject < other.event.subject ? -1 : 1)), copy)));
      if (random(5) === 0) expect((await usage.reconcile(actor, {})).differences).toEqual([]);
    }

    for (const orgId of ['org-1', 'org-2']) {
      const presences = stories.filter((story) => story.orgId === orgId).flatMap((story) => story.presences);
      const sums = sumsOf(presences);
      expect(await booked(orgId)).toEqual(sums);
      expect(await usage.reconcile(of(orgId), {})).toEqual({ recorded: total(sums), booked: total(sums), differences: [] });
    }
    for (const story of stories) expect(shown(await records.get(of(story.orgId), story.sessionId))).toEqual(expectedOf(story));
  });
});
