import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { changeOrg, findOrg, getOrg, type ListOf, listOrgs, type OrgAdminDto, type OrgDto, readOrg, registerOrg, type RequestOf } from '@parley/dto';
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

  @Rpc(findOrg)
  find(@Payload() org: RequestOf<typeof findOrg>): Promise<OrgDto> {
    return this.orgs.get(org);
  }

  @Rpc(registerOrg)
  register(@Payload() { name }: RequestOf<typeof registerOrg>, @Caller() actor: Actor): Promise<OrgAdminDto> {
    return this.orgs.register(actor, name);
  }

  @Rpc(listOrgs)
  list(@Payload() page: RequestOf<typeof listOrgs>, @Caller() actor: Actor): Promise<ListOf<OrgAdminDto>> {
    return this.orgs.list(actor, page);
  }

  @Rpc(readOrg)
  read(@Payload() { orgId }: RequestOf<typeof readOrg>, @Caller() actor: Actor): Promise<OrgAdminDto> {
    return this.orgs.read(actor, orgId);
  }

  @Rpc(changeOrg)
  change(@Payload() { orgId, change }: RequestOf<typeof changeOrg>, @Caller() actor: Actor): Promise<OrgAdminDto> {
    return this.orgs.change(actor, orgId, change);
  }
}
