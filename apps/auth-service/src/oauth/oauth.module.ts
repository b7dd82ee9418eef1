import { Module } from '@nestjs/common';
import { Readiness } from '@parley/platform';
import { KeysModule } from '../keys/keys.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { EngineHolder } from './engine-holder.js';
import { EngineStorage } from './engine-storage.js';
import { KeyFollower } from './key-follower.js';

/** The authorization server and what it stores. */
@Module({ imports: [KeysModule, RevocationsModule], providers: [EngineHolder, EngineStorage, KeyFollower], exports: [EngineHolder, RevocationsModule] })
export class OAuthModule {
  constructor(readiness: Readiness, engines: EngineHolder) {
    readiness.add('signing-keys', async () => void (await engines.get()));
  }
}
