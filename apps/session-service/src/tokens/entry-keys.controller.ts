import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { getEntryKeys, type KeyRotationDto, type ReplyOf, type RequestOf, rotateEntryKeys } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { EntryKeysService } from './entry-keys.service.js';

@Controller()
export class EntryKeysController {
  constructor(private readonly keys: EntryKeysService) {}

  @Rpc(getEntryKeys)
  list(): Promise<ReplyOf<typeof getEntryKeys>> {
    return this.keys.published();
  }

  @Rpc(rotateEntryKeys)
  rotate(@Payload() wish: RequestOf<typeof rotateEntryKeys>, @Caller() actor: Actor): Promise<KeyRotationDto> {
    return this.keys.rotate(actor, wish);
  }
}
