import { Module } from '@nestjs/common';
import { ActiveSigner } from '@parley/jwt';
import { Readiness } from '@parley/platform';
import { ClientsModule } from '../clients/clients.module.js';
import { ConsentsModule } from '../consents/consents.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthorizationController } from './authorization.controller.js';
import { EngineDirectory } from '../oauth-storage/engine-directory.js';
import { EngineDoor } from './engine-door.js';
import { EngineHolder } from './engine-holder.js';
import { EngineStorage } from '../oauth-storage/engine-storage.js';
import { KEY_USERS, KeyFollower } from './key-follower.js';
import { ProofsController } from './proofs.controller.js';
import { ServerSecret } from '../oauth-storage/server-secret.js';
import { Visits } from './visits.js';

/** The authorization server and what it stores. */
@Module({
  imports: [KeysModule, RevocationsModule, ClientsModule, UsersModule, ConsentsModule],
  controllers: [AuthorizationController, ProofsController],
  providers: [
    { provide: KEY_USERS, useFactory: (...users: [EngineHolder, ActiveSigner]) => users, inject: [EngineHolder, ActiveSigner] },
    ...[EngineHolder, EngineStorage, EngineDirectory, KeyFollower, ServerSecret, Visits, EngineDoor],
  ],
  exports: [EngineHolder, RevocationsModule, Visits, EngineDoor],
})
export class OAuthModule {
  constructor(readiness: Readiness, engines: EngineHolder) {
    readiness.add('signing-keys', async () => void (await engines.get()));
  }
}
