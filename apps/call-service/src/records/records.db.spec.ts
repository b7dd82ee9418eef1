import { jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type CallRecordDto,
  type DataInputOf,
  entryGranted,
  type EventContract,
  participantLeft,
  sessionEnded,
  sessionStarted,
  subscriptionCreated,
  subscriptionRemoved,
} from '@parley/dto';
import { EventBus, Handlers } from '@parley/event-bus';
import type { Actor } from '@parley/jwt';
import { baseMigrations, Database, runMigrations, uuidv7 } from '@parley/persistence';
import { createLogger, natsOptions, PlatformModule, Readiness } from '@parley/platform';
import { eventually, notYet, testDatabase, type TestDatabase, testNats, type TestNats } from '@parley/testing';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';
import { migrations, schema } from '../migrations/migrations.js';
import { RecordsService } from './records.service.js';

jest.setTimeout(60_000); // each test makes a database, which takes its time on a busy machine

const of = (orgId: string): Actor => ({ kind: 'access', orgId, clientId: 'key', subject: 'key', scopes: [] });
const org = of('org-1');
const firstPage = { page: 0, count: 200 };
const log = createLogger({ name: 'test', level: 'silent', format: 'json' });
const at = (time: string): string => `2026-11-01T${time}.000Z`;

/** Another service: it has a ledger of its own, and tells what we make up. */
class Narrator {
  private constructor(
    private readonly database: TestDatabase,
    private readonly db: Database,
    private readonly owner: 'session' | 'subscription',
  ) {}
  private bus: EventBus | undefined;
  private readonly sequences = new Map<string, number>();

  static async of(owner: 'session' | 'subscription'): Promise<Narrator> {
    const database = await testDatabase(owner);
    await runMigrations({ url: database.url, schema: owner, migrations: baseMigrations });
    return new Narrator(database, await Database.connect({ url: database.url, schema: owner, entities: [] }), owner);
  }

  speakOn(nats: TestNats): void {
    this.bus = new EventBus(this.db, new Handlers(), { name: this.owner, owner: this.owner, nats: natsOptions(nats.url), consumes: [], log });
    this.bus.start();
  }

  async fallSilent(): Promise<void> {
    await this.bus?.stop();
  }

  async tell<C extends EventContract>(contract: C, aggregate: string, data: DataInputOf<C>, orgId = 'org-1'): Promise<void> {
    const sequence = (this.sequences.get(aggregate) ?? 0) + 1;
    this.sequences.set(aggregate, sequence);
    await this.db.write([], (tx) => Promise.resolve(tx.emit<EventContract>(contract, { aggregate, sequence, orgId, data })));
  }

  async end(): Promise<void> {
    await this.fallSilent();
    await this.db.close();
    await this.database.drop();
  }
}

/** An occurrence of a session, told event by event. */
class Occurrence {
  readonly sessionId = uuidv7();
  constructor(
    private readonly narrator: Narrator,
    readonly sid: string,
    private readonly orgId = 'org-1',
  ) {}

  async begins(time: string): Promise<this> {
    await this.tell(sessionStarted, { ...this.ids, startedAt: at(time) });
    return this;
  }

  async admits(name: string, time: string): Promise<string> {
    const entryId = uuidv7();
    await this.tell(entryGranted, { ...this.ids, entryId, clientId: 'key', subscriptionId: null, name, role: 'guest', enteredAt: at(time) });
    return entryId;
  }

  loses(entryId: string, time: string): Promise<void> {
    return this.tell(participantLeft, { ...this.ids, entryId, leftAt: at(time), reason: 'lapsed', how: 'inferred' });
  }

  ends(time: string): Promise<void> {
    return this.tell(sessionEnded, { ...this.ids, startedAt: at('09:00:00'), endedAt: at(time), reason: 'empty' });
  }

  private get ids(): { sessionId: string; sid: string } {
    return { sessionId: this.sessionId, sid: this.sid };
  }

  private tell<C extends EventContract>(contract: C, data: DataInputOf<C>): Promise<void> {
    return this.narrator.tell(contract, `session/${this.sessionId}`, data, this.orgId);
  }
}

describe('Call records', () => {
  let nats: TestNats;
  let database: TestDatabase;
  let sessions: Narrator;
  let service: INestApplicationContext;
  const leftovers: (() => Promise<void>)[] = [];

  const start = async (broker: TestNats): Promise<INestApplicationContext> => {
    const module = AppModule.forRoot(readConfig({ DATABASE_URL: database.url, NATS_URL: broker.url }));
    return NestFactory.createApplicationContext(PlatformModule.around(module, log, new Readiness()), { logger: false });
  };
  const records = (): RecordsService => service.get(RecordsService, { strict: false });
  const list = async (sid?: string): Promise<CallRecordDto[]> => (await records().list(org, { ...firstPage, sid })).items;
  const recordOf = ({ sessionId }: Occurrence): Promise<CallRecordDto> => records().get(org, sessionId);
  const ended = (occurrence: Occurrence): Promise<CallRecordDto> =>
    eventually(async () => {
      const record = await recordOf(occurrence);
      return record.ended ? record : notYet(`it goes on: ${JSON.stringify(record)}`);
    });

  beforeAll(async () => {
    nats = await testNats();
    sessions = await Narrator.of('session');
    sessions.speakOn(nats);
  });

  beforeEach(async () => {
    database = await testDatabase('call');
    await runMigrations({ url: database.url, schema, migrations });
    service = await start(nats);
  });

  afterEach(async () => {
    await service.close();
    await database.drop();
    for (const cleanUp of leftovers.splice(0)) await cleanUp();
  });

  afterAll(async () => {
    await sessions.end();
    await nats.stop();
  });

  async function ownNarrator(owner: 'session' | 'subscription'): Promise<Narrator> {
    const narrator = await Narrator.of(owner);
    leftovers.unshift(() => narrator.end());
    return narrator;
  }

  async function ownBroker(): Promise<TestNats> {
    const broker = await testNats();
    leftovers.push(() => broker.stop());
    return broker;
  }

  /** Ann for half an hour, Ben within it; over at 09:31. */
  async function tellOne(sid: string): Promise<{ occurrence: Occurrence; expected: CallRecordDto }> {
    const occurrence = await new Occurrence(sessions, sid).begins('09:00:00');
    const ann = await occurrence.admits('Ann', '09:00:00');
    const ben = await occurrence.admits('Ben', '09:10:00');
    await occurrence.loses(ben, '09:20:00');
    await occurrence.loses(ann, '09:30:00');
    await occurrence.ends('09:31:00');
    const guest = { role: 'guest', how: 'inferred' } as const;
    const participants = [
      { ...guest, entryId: ann, name: 'Ann', joined: at('09:00:00'), left: at('09:30:00') },
      { ...guest, entryId: ben, name: 'Ben', joined: at('09:10:00'), left: at('09:20:00') },
    ];
    const times = { started: at('09:00:00'), ended: at('09:31:00'), durationSeconds: 1860 };
    return { occurrence, expected: { callId: occurrence.sessionId, sid, orgId: 'org-1', endReason: 'empty', ...times, participants } };
  }

  it('tell who was in a session, when, how long, and why it ended', async () => {
    const { occurrence, expected } = await tellOne('room');

    expect(await ended(occurrence)).toEqual(expected);
  });

  it('are the same when their events come late: the service was away while it happened', async () => {
    await service.close();
    const { occurrence, expected } = await tellOne('late');
    service = await start(nats);

    expect(await ended(occurrence)).toEqual(expected);
  });

  it('are the same when all is told again: the broker was lost and has another history', async () => {
    const own = await ownNarrator('session');
    const [first, second] = [await ownBroker(), await ownBroker()];
    const restartOn = async (broker: TestNats): Promise<void> => {
      await Promise.all([own.fallSilent(), service.close()]);
      own.speakOn(broker);
      service = await start(broker);
    };
    await restartOn(first);
    const occurrence = await new Occurrence(own, 'twice').begins('09:00:00');
    await occurrence.loses(await occurrence.admits('Ann', '09:00:00'), '09:30:00');
    await occurrence.ends('09:31:00');
    const before = await ended(occurrence);

    await restartOn(second);
    await eventually(async () => {
      const { redelivered } = await service.get(EventBus, { strict: false }).stats();
      return redelivered >= 4 ? true : notYet(`${redelivered} of 4 events came again`);
    });

    expect(await list()).toEqual([before]);
  });

  it('of a session that goes on last until now and have no end', async () => {
    const occurrence = new Occurrence(sessions, 'open');
    const started = new Date(Date.now() - 60_000).toISOString();
    const [aggregate, ids] = [`session/${occurrence.sessionId}`, { sessionId: occurrence.sessionId, sid: 'open' }];
    await sessions.tell(sessionStarted, aggregate, { ...ids, startedAt: started });
    await sessions.tell(entryGranted, aggregate, { ...ids, entryId: uuidv7(), clientId: 'key', subscriptionId: null, name: 'Ann', role: 'guest', enteredAt: started });

    const record = await eventually(async () => {
      const found = await recordOf(occurrence);
      return found.participants.length > 0 ? found : notYet('nobody has come yet');
    });

    expect(record).toMatchObject({ started, ended: null, endReason: null, participants: [{ name: 'Ann', left: null, how: null }] });
    expect(record.durationSeconds).toBeGreaterThanOrEqual(60);
    expect(record.durationSeconds).toBeLessThan(80);
  });

  it('never last a negative time, even if a session begins in our future', async () => {
    const occurrence = new Occurrence(sessions, 'tomorrow');
    const startedAt = new Date(Date.now() + 60_000).toISOString();
    await sessions.tell(sessionStarted, `session/${occurrence.sessionId}`, { sessionId: occurrence.sessionId, sid: 'tomorrow', startedAt });

    expect((await eventually(() => recordOf(occurrence))).durationSeconds).toBe(0);
  });

  it('are one for each occurrence of a session, listed in order, and by sid', async () => {
    const morning = (await tellOne('again')).occurrence;
    const noon = (await tellOne('again')).occurrence;
    const elsewhere = (await tellOne('elsewhere')).occurrence;
    await ended(elsewhere);
    await Promise.all([ended(morning), ended(noon)]);

    expect((await list('again')).map(({ callId }) => callId)).toEqual([morning.sessionId, noon.sessionId]);
    const all = (await list()).map(({ callId }) => callId);
    expect(all.filter((id) => [morning, noon, elsewhere].some(({ sessionId }) => sessionId === id))).toEqual([morning.sessionId, noon.sessionId, elsewhere.sessionId]);
    expect((await records().list(org, { page: 1, count: 1, sid: 'again' })).items.map(({ callId }) => callId)).toEqual([noon.sessionId]);
  });

  it('of another org are not seen', async () => {
    const theirs = await new Occurrence(sessions, 'theirs', 'org-2').begins('09:00:00');
    await eventually(() => records().get(of('org-2'), theirs.sessionId));

    await expect(recordOf(theirs)).rejects.toMatchObject({ kind: 'not_found', code: 'call.not_found' });
    expect(await list('theirs')).toEqual([]);
  });

  it('are not found by what cannot be an id', async () => {
    for (const id of ['', 'nothing', '0192f3a1-0000-7000-8000-000000000001', '\u0000']) {
      await expect(records().get(org, id)).rejects.toMatchObject({ code: 'call.not_found' });
    }
  });

  it('C14.4: wait for no event that is missing: what is known is told, and made whole by the others', async () => {
    const headless = new Occurrence(sessions, 'headless');
    const ann = await headless.admits('Ann', '09:00:00');
    await headless.loses(uuidv7(), '09:10:00');
    await headless.ends('09:31:00');

    const known = await ended(headless);
    expect(known).toMatchObject({ started: at('09:00:00'), ended: at('09:31:00'), participants: [{ entryId: ann, left: null, how: null }] });
    await headless.loses(ann, '09:30:00');
    await headless.begins('08:59:59');
    expect(await eventually(async () => ((await recordOf(headless)).started === at('08:59:59') ? recordOf(headless) : notYet('it has not begun')))).toEqual({
      ...known,
      started: at('08:59:59'),
      durationSeconds: 1861,
      participants: [{ entryId: ann, name: 'Ann', role: 'guest', joined: at('09:00:00'), left: at('09:30:00'), how: 'inferred' }],
    });
    expect(await service.get(EventBus, { strict: false }).stats()).toMatchObject({ parked: 0, dead: 0 });
  });

  it('know whose subscriptions there were, and from when to when', async () => {
    const subscriptions = await ownNarrator('subscription');
    subscriptions.speakOn(nats);
    const subscriptionId = uuidv7();
    const aggregate = `subscription/${subscriptionId}`;
    await subscriptions.tell(subscriptionCreated, aggregate, { subscriptionId, ref: 'dr-grey', name: 'Dr Grey', startedAt: at('09:00:00'), version: 1 });
    await subscriptions.tell(subscriptionRemoved, aggregate, { subscriptionId, ref: 'dr-grey', endedAt: at('17:00:00'), endSessions: false, version: 2 });

    const row = await eventually(async () => {
      const [found] = await service.get(Database).query<{ ended: Date | null }>('select org_id, ref, name, started, ended, version from subscription');
      return found?.ended ? found : notYet(`known: ${JSON.stringify(found)}`);
    });

    expect(row).toEqual({ org_id: 'org-1', ref: 'dr-grey', name: 'Dr Grey', started: new Date(at('09:00:00')), ended: new Date(at('17:00:00')), version: 2 });
  });
});
