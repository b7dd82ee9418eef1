import { Controller } from '@nestjs/common';
import { getSigningKeys, type ReplyOf } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { Settings } from '../settings.module.js';
import { SigningKeysService } from './signing-keys.service.js';

@Controller()
export class SigningKeysController {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly settings: Settings,
  ) {}

  @Rpc(getSigningKeys)
  async list(): Promise<ReplyOf<typeof getSigningKeys>> {
    return { issuer: this.settings.issuer, keys: await this.keys.published() };
  }
}
