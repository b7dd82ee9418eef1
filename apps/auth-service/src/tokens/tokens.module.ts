import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { RefreshesModule } from '../refreshes/refreshes.module.js';
import { ClientAssertions } from './client-assertions.js';
import { ClientAuthentication } from './client-authentication.js';
import { TokensController } from './tokens.controller.js';
import { TokensService } from './tokens.service.js';

@Module({ imports: [ClientsModule, OAuthModule, RefreshesModule], controllers: [TokensController], providers: [TokensService, ClientAuthentication, ClientAssertions], exports: [TokensService, ClientAuthentication] })
export class TokensModule {}
