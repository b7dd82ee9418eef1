import { Module } from '@nestjs/common';
import { OAuthModule } from '../oauth/oauth.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { ClientEndpointsController } from './client-endpoints.controller.js';
import { ClientEndpointsService } from './client-endpoints.service.js';

/** Introspection, revocation, pushed requests and the beginning of the device flow. */
@Module({ imports: [OAuthModule, TokensModule], controllers: [ClientEndpointsController], providers: [ClientEndpointsService] })
export class ClientEndpointsModule {}
