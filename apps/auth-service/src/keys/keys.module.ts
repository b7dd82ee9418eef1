import { Module } from '@nestjs/common';
import { RotationService } from './rotation.service.js';
import { SigningKeysController } from './signing-keys.controller.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { SigningKeysService } from './signing-keys.service.js';

@Module({
  controllers: [SigningKeysController],
  providers: [SigningKeysService, SigningKeysRepository, RotationService],
  exports: [SigningKeysService, RotationService],
})
export class KeysModule {}
