import { Controller } from '@nestjs/common';
import { getOrg, type OrgDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { OrgsService } from './orgs.service.js';

@Controller()
export class OrgsController {
  constructor(private readonly orgs: OrgsService) {}

  @Rpc(getOrg)
  get(@Caller() actor: Actor): Promise<OrgDto> {
    return this.orgs.get(actor);
  }
}
