import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { changeSettings, readSettings, type RequestOf, type SettingsDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { SystemSettingsService } from './system-settings.service.js';

@Controller()
export class SystemSettingsController {
  constructor(private readonly settings: SystemSettingsService) {}

  @Rpc(readSettings)
  read(@Caller() actor: Actor): Promise<SettingsDto> {
    return this.settings.read(actor);
  }

  @Rpc(changeSettings)
  change(@Payload() change: RequestOf<typeof changeSettings>, @Caller() actor: Actor): Promise<SettingsDto> {
    return this.settings.change(actor, change);
  }
}
