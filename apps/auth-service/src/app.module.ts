import { type DynamicModule, Module } from '@nestjs/common';
import { EventBusModule } from '@parley/event-bus';
import { DatabaseModule, Sealer } from '@parley/persistence';
import { RpcModule } from '@parley/rpc';
import { AccessModule } from './access/access.module.js';
import { AuditModule } from './audit/audit.module.js';
import { ClickToCallModule } from './click-to-call/click-to-call.module.js';
import { ClientEndpointsModule } from './client-endpoints/client-endpoints.module.js';
import { CallRulesModule } from './call-rules/call-rules.module.js';
import { ClientsModule } from './clients/clients.module.js';
import type { Config } from './config.js';
import { DevicesModule } from './devices/devices.module.js';
import { GuessesModule } from './guesses/guesses.module.js';
import { guessLimitsOf } from './guesses/guesses.repository.js';
import { InteractionsModule } from './interactions/interactions.module.js';
import { KeysModule } from './keys/keys.module.js';
import { LinksModule } from './links/links.module.js';
import { MetadataModule } from './metadata/metadata.module.js';
import { migrations, schema } from './migrations/migrations.js';
import { OpentokModule } from './opentok/opentok.module.js';
import { OrgTokensModule } from './org-tokens/org-tokens.module.js';
import { OrgsModule } from './orgs/orgs.module.js';
import { RegistrationsModule } from './registrations/registrations.module.js';
import { RevokingModule } from './revoking/revoking.module.js';
import { SystemSettingsModule } from './settings/system-settings.module.js';
import { SettingsModule } from './settings.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UsersModule } from './users/users.module.js';

/** Who is who: the service that owns orgs, API clients and every secret and key of theirs. */
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: config.DATABASE_URL, schema, entities: [], migrations, sealer: Sealer.fromFile(config.PARLEY_KEK_FILE) }),
        RpcModule.forRoot({ service: 'auth', natsUrl: config.NATS_URL }),
        EventBusModule.forRoot({ owner: 'auth', natsUrl: config.NATS_URL, consumes: ['auth', 'session', 'call'], retentionDays: config.EVENT_RETENTION }),
        SettingsModule.forRoot(config),
        GuessesModule.forRoot(guessLimitsOf(config)),
        OrgsModule,
        ClientsModule,
        RegistrationsModule,
        RevokingModule,
        OrgTokensModule,
        UsersModule,
        SystemSettingsModule,
        AuditModule,
        CallRulesModule,
        AccessModule.forRoot(config.PARLEY_ADMIN_TOKEN),
        KeysModule,
        LinksModule,
        OpentokModule,
        TokensModule,
        ClientEndpointsModule,
        ClickToCallModule,
        InteractionsModule,
        DevicesModule,
        MetadataModule,
      ],
    };
  }
}
