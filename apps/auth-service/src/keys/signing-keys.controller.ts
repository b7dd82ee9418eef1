import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { getSigningKeys, type KeyRotationDto, type ReplyOf, type RequestOf, rotateAccessKeys } from '@parley/dto';
import type { Actor, SigningKey } from '@parley/jwt';
import { KeyRing } from '@parley/persistence';
import { Caller, Rpc } from '@parley/rpc';
import { Settings } from '../settings.module.js';
import { KeysAdminService } from './keys-admin.service.js';

@Controller()
export class SigningKeysController {
  constructor(
    private readonly keys: KeyRing<SigningKey>,
    private readonly admin: KeysAdminService,
    private readonly settings: Settings,
  ) {}

  @Rpc(getSigningKeys)
  async list(): Promise<ReplyOf<typeof getSigningKeys>> {
    return { issuer: this.settings.issuer, keys: await this.keys.published() };
  }

  @Rpc(rotateAccessKeys)
  rotate(@Payload() wish: RequestOf<typeof rotateAccessKeys>, @Caller() actor: Actor): Promise<KeyRotationDto> {
    return this.admin.rotate(actor, wish);
  }
}
