import { Module } from '@nestjs/common';
import { ConsentsModule } from '../consents/consents.module.js';
import { LoginModule } from '../login/login.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { UsersModule } from '../users/users.module.js';
import { InteractionsController } from './interactions.controller.js';
import { InteractionsService } from './interactions.service.js';

/** Login and consent where the engine asks for them: authorization requests of today's standards, and devices. */
@Module({ imports: [ConsentsModule, LoginModule, OAuthModule, UsersModule], controllers: [InteractionsController], providers: [InteractionsService] })
export class InteractionsModule {}
