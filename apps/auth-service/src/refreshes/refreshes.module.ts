import { Module } from '@nestjs/common';
import { OAuthModule } from '../oauth/oauth.module.js';
import { Expiry } from './expiry.js';
import { RefreshAnswersRepository } from './refresh-answers.repository.js';
import { RefreshesService } from './refreshes.service.js';

@Module({ imports: [OAuthModule], providers: [RefreshesService, RefreshAnswersRepository, Expiry], exports: [RefreshesService] })
export class RefreshesModule {}
