import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { type DynamicModule, Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppError, type CallRule, confirmAdministrator, findCallRules, type RequestInputOf, type RpcContract } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, DatabaseModule, runMigrations } from '@parley/persistence';
import { createLogger, LOGGER, Readiness } from '@parley/platform';
import { RpcClient, TokenVerifiers } from '@parley/rpc';
import { testDatabase } from '@parley/testing';
import { CallsModule } from '../calls/calls.module.js';
import { CallsService } from '../calls/calls.service.js';
import { HistoryController } from '../history/history.controller.js';
import { HistoryModule } from '../history/history.module.js';
import { LimitsConsumer } from '../limits/limits.consumer.js';
import { LimitsModule } from '../limits/limits.module.js';
import { migrations, schema } from '../migrations/migrations.js';
import { PlacingModule } from '../placing/placing.module.js';
import { PlacingService } from '../placing/placing.service.js';
import { PresenceConsumer } from '../presence/presence.consumer.js';
import { PresenceModule } from '../presence/presence.module.js';

export const ORG = '0192f3a0-0000-7000-8000-00000000000a';
/** Seconds. */
export const MAX_DURATION = 14_400;

type Rules = Partial<Record<CallRule['kind'], Partial<CallRule>>>;

/** Auth-service as this service meets it. Users are called like their ids. */
export class FakeAuth {
  readonly asked: string[] = [];
  administrators = new Set<string>(['admin']);
  away = false;
  rules: Rules = {};

  call({ subject }: RpcContract, data: unknown): Promise<unknown> {
    this.asked.push(subject);
    if (this.away) return Promise.reject(new AppError('unavailable', 'unavailable', 'The auth service can’t be reached right now.'));
    if (subject === confirmAdministrator.subject) return Promise.resolve({ confirmed: this.administrators.has((data as { clientId: string }).clientId) });
    return Promise.resolve(this.rulesOf(data as RequestInputOf<typeof findCallRules>));
  }

  private rulesOf({ orgId, clientId, user }: RequestInputOf<typeof findCallRules>): unknown {
    if (user.startsWith('nobody')) return null;
    const rule = (kind: CallRule['kind'], key: string): CallRule => ({
      ...{ kind, key, version: 0, callsPerUser: kind === 'everyone' ? 2 : null, ongoingCalls: null, username: kind === 'user' ? `name of ${user}` : null },
      ...this.rules[kind],
    });
    const rules = [rule('everyone', 'all'), rule('org', orgId), rule('user', user), ...(clientId === null ? [] : [rule('client', clientId)])];
    return { userId: user, loggedIn: true, rules };
  }
}

/** One running copy of the service without its broker, on a real database. Nothing goes on by itself. */
export interface CallCopy {
  db: Database;
  placing: PlacingService;
  calls: CallsService;
  history: HistoryController;
  limitNews: LimitsConsumer;
  sessionNews: PresenceConsumer;
  stop(): Promise<void>;
}

@Global()
@Module({})
class Surroundings {
  static of(auth: FakeAuth): DynamicModule {
    const logger = createLogger({ name: 'call-service', level: 'silent', format: 'json' });
    const providers = [{ provide: RpcClient, useValue: auth }, { provide: LOGGER, useValue: logger }, Readiness, TokenVerifiers];
    return { module: Surroundings, providers, exports: providers };
  }
}

@Module({})
class Service {}

export async function startCallCopy(url: string, auth: FakeAuth): Promise<CallCopy> {
  const database = DatabaseModule.forRoot({ url, schema, entities: [], migrations });
  const imports = [Surroundings.of(auth), database, LimitsModule, CallsModule, PlacingModule.forRoot(MAX_DURATION), PresenceModule, HistoryModule];
  const app = await NestFactory.createApplicationContext({ module: Service, imports }, { logger: false, abortOnError: false });
  return { ...servicesOf(app), stop: () => app.close() };
}

const servicesOf = (app: INestApplicationContext): Omit<CallCopy, 'stop'> => ({
  db: app.get(Database, { strict: false }),
  placing: app.get(PlacingService, { strict: false }),
  calls: app.get(CallsService, { strict: false }),
  history: app.get(HistoryController, { strict: false }),
  limitNews: app.get(LimitsConsumer, { strict: false }),
  sessionNews: app.get(PresenceConsumer, { strict: false }),
});

/** Two copies on a database of their own, with a clock that can be moved. */
export class CallBench {
  private constructor(
    readonly copies: CallCopy[],
    readonly auth: FakeAuth,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(): Promise<CallBench> {
    const { url, drop } = await testDatabase('call');
    await runMigrations({ url, schema, migrations });
    const auth = new FakeAuth();
    return new CallBench(await Promise.all([startCallCopy(url, auth), startCallCopy(url, auth)]), auth, drop);
  }

  get copy(): CallCopy {
    return this.copies[0]!;
  }

  async stop(): Promise<void> {
    await Promise.all(this.copies.map((copy) => copy.stop()));
    await this.dropDatabase();
  }

  async moveClock(seconds: number): Promise<void> {
    const sql = `insert into clock_offset (ahead) values (make_interval(secs => $1)) on conflict (one) do update set ahead = clock_offset.ahead + excluded.ahead`;
    await this.copy.db.query(sql, [seconds]);
  }

  async changeRule(rule: Partial<CallRule> & Pick<CallRule, 'kind' | 'key' | 'version'>): Promise<void> {
    const whole = { callsPerUser: null, ongoingCalls: null, username: null, ...rule };
    await this.copy.db.write([], (tx) => this.copy.limitNews.change(whole, tx));
  }

  /** The events about a call, by name, in their order. */
  async events(callId: string): Promise<{ type: string; sequence: number; data: Record<string, unknown> }[]> {
    const rows = await this.copy.db.query<{ envelope: string; sequence: number }>('select envelope, sequence from outbox where aggregate = $1 order by id', [`call/${callId}`]);
    return rows.map(({ envelope, sequence }) => ({ sequence, ...(JSON.parse(envelope) as { type: string; data: Record<string, unknown> }) }));
  }
}

/** A user through an application. */
export const userOf = (subject: string = randomUUID(), clientId = 'app-1', orgId = ORG): Actor => ({ kind: 'access', orgId, clientId, subject, scopes: ['call'] });
export const adminOf = (orgId = ORG): Actor => ({ kind: 'access', orgId, clientId: 'admin', subject: 'admin', scopes: ['admin'] });
export const operator: Actor = { kind: 'access', orgId: '', clientId: 'operator', subject: 'operator', scopes: ['admin'], operator: true };

/** The code of the refusal, or `done`. */
export const outcomeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', ({ code, message }: { code?: string; message: string }) => code ?? message);
