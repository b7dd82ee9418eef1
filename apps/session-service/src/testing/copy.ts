import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Actor } from '@parley/jwt';
import { Database, DatabaseModule } from '@parley/persistence';
import { createLogger, LOGGER, type Logger, Readiness } from '@parley/platform';
import { RpcClient, TokenVerifiers } from '@parley/rpc';
import { BansModule } from '../bans/bans.module.js';
import { BansService } from '../bans/bans.service.js';
import { AliasDoorsModule } from '../alias-doors/alias-doors.module.js';
import { AliasDoorsService } from '../alias-doors/alias-doors.service.js';
import { AliasesModule } from '../aliases/aliases.module.js';
import { AliasesService } from '../aliases/aliases.service.js';
import { EntriesModule } from '../entries/entries.module.js';
import { EntriesService } from '../entries/entries.service.js';
import { InspectionsModule } from '../inspections/inspections.module.js';
import { InspectionsService } from '../inspections/inspections.service.js';
import { LeasesRepository } from '../leases/leases.repository.js';
import { LeasesService } from '../leases/leases.service.js';
import { Reaper } from '../leases/reaper.js';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { LimitsModule } from '../limits/limits.module.js';
import { LinksModule } from '../links/links.module.js';
import { LinksService } from '../links/links.service.js';
import { migrations, schema } from '../migrations/migrations.js';
import { RefusalsRepository } from '../refusals/refusals.repository.js';
import { RefusalsService } from '../refusals/refusals.service.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { OpentokDoorsModule } from '../opentok-doors/opentok-doors.module.js';
import { OpentokDoorsService } from '../opentok-doors/opentok-doors.service.js';
import { OpentokModule } from '../opentok/opentok.module.js';
import { OpentokService } from '../opentok/opentok.service.js';
import type { OpentokSettings } from '../opentok/opentok.settings.js';
import { ParticipantsService } from '../participants/participants.service.js';
import { CallSessionsConsumer } from '../placed-calls/call-sessions.consumer.js';
import { CallSessionsModule } from '../placed-calls/call-sessions.module.js';
import { CallSessionsService } from '../placed-calls/call-sessions.service.js';
import { ScheduleModule } from '../schedule/schedule.module.js';
import { ScheduleService } from '../schedule/schedule.service.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { DoorsConsumer } from '../subscriptions/doors.consumer.js';
import { DoorsModule } from '../subscriptions/doors.module.js';
import { DoorsService } from '../subscriptions/doors.service.js';
import { EntryTokens } from '../tokens/entry-tokens.js';
import { TokensModule } from '../tokens/tokens.module.js';
import type { OutsideWorld } from './outside-world.js';

/** One running copy of the service without its broker: real modules on a real database, the other services played by `OutsideWorld`. */
export interface Copy {
  db: Database;
  links: LinksService;
  sessions: SessionsService;
  entries: EntriesService;
  doors: DoorsService;
  doorNews: DoorsConsumer;
  tokens: EntryTokens;
  reaper: Reaper;
  inspections: InspectionsService;
  bans: BansService;
  revocations: RevocationsService;
  refusals: RefusalsService;
  refusalsRepository: RefusalsRepository;
  schedule: ScheduleService;
  participants: ParticipantsService;
  callSessions: CallSessionsService;
  callNews: CallSessionsConsumer;
  settings: SettingsService;
  aliases: AliasesService;
  aliasDoors: AliasDoorsService;
  opentok: OpentokService;
  opentokDoors: OpentokDoorsService;
  stop(): Promise<void>;
}

export interface CopyOptions {
  url: string;
  outside: OutsideWorld;
  linkMaxAge?: number;
  leaseMax?: number;
  liveMaxWatchers?: number;
  publicOrgId?: string | undefined;
  tokenFormat?: OpentokSettings['tokenFormat'];
}

@Global()
@Module({})
class Surroundings {
  static of(outside: OutsideWorld): DynamicModule {
    const logger = createLogger({ name: 'session-service', level: 'silent', format: 'json' });
    const providers = [{ provide: RpcClient, useValue: outside }, { provide: LOGGER, useValue: logger }, Readiness, TokenVerifiers];
    return { module: Surroundings, providers, exports: providers };
  }
}

@Module({})
class Service {}

/** The same for all copies, as in production. */
const keyFile = join(mkdtempSync(join(tmpdir(), 'parley-session-spec-')), 'keys');
writeFileSync(keyFile, `test ${randomBytes(32).toString('base64url')}\n`);
process.once('exit', () => rmSync(join(keyFile, '..'), { recursive: true, force: true }));

export const ISSUER = 'https://parley.example';

/** Its reaper doesn't run by itself: a spec calls `reaper.round()`. */
export async function startCopy({ url, outside, linkMaxAge = 86_400, leaseMax = 3600, liveMaxWatchers = 3, publicOrgId, tokenFormat = 't1' }: CopyOptions): Promise<Copy> {
  const imports = [
    Surroundings.of(outside),
    DatabaseModule.forRoot({ url, schema, entities: [], migrations }),
    LimitsModule.of(new AdmissionLimits(linkMaxAge, leaseMax, 30, liveMaxWatchers)),
    TokensModule.forRoot({ issuer: ISSUER, keyFile }),
    ...[LinksModule, SessionsModule, EntriesModule, DoorsModule, InspectionsModule, BansModule, RevocationsModule, ScheduleModule, CallSessionsModule, AliasesModule, AliasDoorsModule, OpentokDoorsModule],
    OpentokModule.of({ publicOrgId, tokenFormat }),
  ];
  const app = await NestFactory.createApplicationContext({ module: Service, imports }, { logger: false, abortOnError: false });
  return { ...servicesOf(app), stop: () => app.close() };
}

const servicesOf = (app: INestApplicationContext): Omit<Copy, 'stop'> => ({
  db: app.get(Database, { strict: false }),
  links: app.get(LinksService, { strict: false }),
  sessions: app.get(SessionsService, { strict: false }),
  entries: app.get(EntriesService, { strict: false }),
  doors: app.get(DoorsService, { strict: false }),
  doorNews: app.get(DoorsConsumer, { strict: false }),
  tokens: app.get(EntryTokens, { strict: false }),
  inspections: app.get(InspectionsService, { strict: false }),
  bans: app.get(BansService, { strict: false }),
  revocations: app.get(RevocationsService, { strict: false }),
  refusals: app.get(RefusalsService, { strict: false }),
  refusalsRepository: app.get(RefusalsRepository, { strict: false }),
  schedule: app.get(ScheduleService, { strict: false }),
  participants: app.get(ParticipantsService, { strict: false }),
  callSessions: app.get(CallSessionsService, { strict: false }),
  callNews: app.get(CallSessionsConsumer, { strict: false }),
  settings: app.get(SettingsService, { strict: false }),
  aliases: app.get(AliasesService, { strict: false }),
  aliasDoors: app.get(AliasDoorsService, { strict: false }),
  opentok: app.get(OpentokService, { strict: false }),
  opentokDoors: app.get(OpentokDoorsService, { strict: false }),
  reaper: new Reaper(
    app.get(Database, { strict: false }),
    app.get(LeasesRepository, { strict: false }),
    app.get(LeasesService, { strict: false }),
    app.get<Logger>(LOGGER, { strict: false }),
  ),
});

export const actorOf = (orgId: string): Actor => ({ kind: 'access', orgId, clientId: 'key-1', subject: 'key-1', scopes: [] });
