import { Module } from '@nestjs/common';
import { Readiness } from '@parley/platform';
import { KeysModule } from '../keys/keys.module.js';
import { ArtifactsRepository } from './artifacts.repository.js';
import { EngineHolder } from './engine-holder.js';

/** The authorization server and what it stores. */
@Module({ imports: [KeysModule], providers: [EngineHolder, ArtifactsRepository], exports: [EngineHolder, ArtifactsRepository] })
export class OAuthModule {
  constructor(readiness: Readiness, engines: EngineHolder) {
    readiness.add('signing-keys', async () => void (await engines.get()));
  }
}
