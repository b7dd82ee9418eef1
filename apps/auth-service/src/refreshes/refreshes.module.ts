import { Module } from '@nestjs/common';
import { GuessesRepository } from '../guesses/guesses.repository.js';
import { ArtifactsRepository } from '../oauth-storage/artifacts.repository.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { RevocationsRepository } from '../revocations/revocations.repository.js';
import { Expiry, EXPIRING, type Expiring } from './expiry.js';
import { RefreshesRepository } from './refreshes.repository.js';
import { RefreshesService } from './refreshes.service.js';

const expiring = {
  provide: EXPIRING,
  useFactory: (...tables: Expiring[]) => tables,
  inject: [RefreshesRepository, ArtifactsRepository, RevocationsRepository, GuessesRepository],
};

@Module({ imports: [OAuthModule], providers: [RefreshesService, RefreshesRepository, expiring, Expiry], exports: [RefreshesService] })
export class RefreshesModule {}
