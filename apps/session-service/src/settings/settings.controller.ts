import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { changeOrgSettings, changeSessionSettings, getOrgSettings, getSessionSettings, type OrgSettingsDto, type RequestOf, type SessionSettingsDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { SettingsService } from './settings.service.js';

@Controller()
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Rpc(getOrgSettings)
  ofOrg(@Caller() actor: Actor): Promise<OrgSettingsDto> {
    return this.settings.ofOrg(actor);
  }

  @Rpc(changeOrgSettings)
  changeOrg(@Payload() change: RequestOf<typeof changeOrgSettings>, @Caller() actor: Actor): Promise<OrgSettingsDto> {
    return this.settings.changeOrg(actor, change);
  }

  @Rpc(getSessionSettings)
  ofSession(@Payload() { sid }: RequestOf<typeof getSessionSettings>, @Caller() actor: Actor): Promise<SessionSettingsDto> {
    return this.settings.ofSession(actor, sid);
  }

  @Rpc(changeSessionSettings)
  changeSession(@Payload() change: RequestOf<typeof changeSessionSettings>, @Caller() actor: Actor): Promise<SessionSettingsDto> {
    return this.settings.changeSession(actor, change);
  }
}
