import { Controller, Get, Param, Patch } from '@nestjs/common';
import { changeOrgSettings, changeSessionSettings, getOrgSettings, getSessionSettings } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { JsonBody } from '../../http/json-body.js';
import { ForOrg } from '../access/bearer.guard.js';
import type { Resource } from '../hal.js';
import { PathId } from '../path-id.pipe.js';
import { OrgSettingsBody, SessionSettingsBody } from './settings.input.js';
import { orgSettingsResource, sessionSettingsResource } from './settings.presenter.js';

/** What ends sessions by themselves: for all of an org, or for one (X). */
@Controller('v1/orgs/:org')
@ForOrg()
export class SettingsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get('settings')
  ofOrg(): Promise<Resource> {
    return this.rpc.call(getOrgSettings, {}).then(orgSettingsResource);
  }

  @Patch('settings')
  changeOrg(@JsonBody(OrgSettingsBody) change: OrgSettingsBody): Promise<Resource> {
    return this.rpc.call(changeOrgSettings, change).then(orgSettingsResource);
  }

  @Get('sessions/:sid/settings')
  ofSession(@Param('sid', new PathId('session')) sid: string): Promise<Resource> {
    return this.rpc.call(getSessionSettings, { sid }).then(sessionSettingsResource);
  }

  @Patch('sessions/:sid/settings')
  changeSession(@Param('sid', new PathId('session')) sid: string, @JsonBody(SessionSettingsBody) change: SessionSettingsBody): Promise<Resource> {
    return this.rpc.call(changeSessionSettings, { ...change, sid }).then(sessionSettingsResource);
  }
}
