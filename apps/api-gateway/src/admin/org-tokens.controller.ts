import { Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { issueOrgToken, listOrgTokens, type ListOf, type ListPage, NewOrgToken, OrgTokenChange, type OrgTokenDto, readOrgToken, type ReplyOf, revokeOrgToken } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import type { z } from 'zod';
import { JsonBody } from '../http/json-body.js';
import { ForAdmin, NotToBeKept } from './for-admin.js';
import { Listed } from './list-query.js';
import { PathId } from './path-id.pipe.js';

/** Long-lived tokens of an org (A4). */
@Controller('admin/v1/orgs/:org/org-tokens')
@ForAdmin()
export class AdminOrgTokensController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @NotToBeKept()
  create(@Param('org', PathId) orgId: string, @JsonBody(NewOrgToken) { name }: z.output<typeof NewOrgToken>): Promise<ReplyOf<typeof issueOrgToken>> {
    return this.rpc.call(issueOrgToken, { orgId, name });
  }

  @Get()
  list(@Param('org', PathId) orgId: string, @Listed() page: ListPage): Promise<ListOf<OrgTokenDto>> {
    return this.rpc.call(listOrgTokens, { orgId, ...page });
  }

  @Get(':id')
  get(@Param('org', PathId) orgId: string, @Param('id', PathId) tokenId: string): Promise<OrgTokenDto> {
    return this.rpc.call(readOrgToken, { orgId, tokenId });
  }

  /** Its one change is its end. */
  @Patch(':id')
  revoke(@Param('org', PathId) orgId: string, @Param('id', PathId) tokenId: string, @JsonBody(OrgTokenChange) change: z.output<typeof OrgTokenChange>): Promise<OrgTokenDto> {
    return this.rpc.call(revokeOrgToken, { orgId, tokenId, ...change });
  }
}
