import { Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { changeOrg, listOrgs, type ListOf, type ListPage, NewOrg, type OrgAdminDto, OrgChange, readOrg, registerOrg } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import type { z } from 'zod';
import { JsonBody } from '../http/json-body.js';
import { ForAdmin } from './for-admin.js';
import { Listed } from './list-query.js';
import { PathId } from './path-id.pipe.js';

/** Organisations (A2). */
@Controller('admin/v1/orgs')
@ForAdmin()
export class AdminOrgsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  create(@JsonBody(NewOrg) org: z.output<typeof NewOrg>): Promise<OrgAdminDto> {
    return this.rpc.call(registerOrg, org);
  }

  @Get()
  list(@Listed() page: ListPage): Promise<ListOf<OrgAdminDto>> {
    return this.rpc.call(listOrgs, page);
  }

  @Get(':org')
  get(@Param('org', PathId) orgId: string): Promise<OrgAdminDto> {
    return this.rpc.call(readOrg, { orgId });
  }

  @Patch(':org')
  change(@Param('org', PathId) orgId: string, @JsonBody(OrgChange) change: OrgChange): Promise<OrgAdminDto> {
    return this.rpc.call(changeOrg, { orgId, change });
  }
}
