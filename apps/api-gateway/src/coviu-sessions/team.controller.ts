import { Controller, Get } from '@nestjs/common';
import { getOrg } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { ForOrg } from '../coviu/access/bearer.guard.js';

/** Whom the access token belongs to, as the later Coviu API calls it (V). */
@Controller('v1/user')
@ForOrg()
export class TeamController {
  constructor(private readonly rpc: RpcClient) {}

  @Get('team')
  team(): Promise<{ name: string; team_id: string }> {
    return this.rpc.call(getOrg, {}).then(({ name, orgId }) => ({ name, team_id: orgId }));
  }
}
