import { Module } from '@nestjs/common';
import { ActiveSigner, type SigningKey } from '@parley/jwt';
import { Database, KeyRing, Sealer } from '@parley/persistence';
import { OrgsModule } from '../orgs/orgs.module.js';
import { Settings } from '../settings.module.js';
import { accessKeys } from './access-keys.js';
import { KeysAdminService } from './keys-admin.service.js';
import { SigningKeysController } from './signing-keys.controller.js';

const ring = {
  provide: KeyRing,
  useFactory: (db: Database, sealer: Sealer, { rotationDays }: Settings) => accessKeys(db, sealer, rotationDays),
  inject: [Database, Sealer, Settings],
};

const signer = { provide: ActiveSigner, useFactory: (keys: KeyRing<SigningKey>) => new ActiveSigner(keys, 'at+jwt'), inject: [KeyRing] };

@Module({ imports: [OrgsModule], controllers: [SigningKeysController], providers: [ring, signer, KeysAdminService], exports: [KeyRing, ActiveSigner] })
export class KeysModule {}
