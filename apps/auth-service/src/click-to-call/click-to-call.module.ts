import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { ConsentsModule } from '../consents/consents.module.js';
import { DemoTargetController } from '../demo-target/demo-target.controller.js';
import { LoginModule } from '../login/login.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';

import { CallAuthorizations } from './call-authorizations.js';
import { CallExchange } from './call-exchange.js';
import { EntryController } from './entry.controller.js';
import { HopsController } from './hops.controller.js';

/** The flow in which applications get leave to place calls for users, as ClickToCall has it. */
@Module({
  imports: [ClientsModule, ConsentsModule, LoginModule, OAuthModule, TokensModule, UsersModule],
  controllers: [EntryController, HopsController, DemoTargetController],
  providers: [CallAuthorizations, CallExchange],
})
export class ClickToCallModule {}
