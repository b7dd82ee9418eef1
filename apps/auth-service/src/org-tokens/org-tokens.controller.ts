import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { issueOrgToken, type ListOf, listOrgTokens, type OrgTokenDto, readOrgToken, type ReplyOf, type RequestOf, revokeOrgToken } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { OrgTokensService } from './org-tokens.service.js';

@Controller()
export class OrgTokensController {
  constructor(private readonly tokens: OrgTokensService) {}

  @Rpc(issueOrgToken)
  issue(@Payload() { orgId, name }: RequestOf<typeof issueOrgToken>, @Caller() actor: Actor): Promise<ReplyOf<typeof issueOrgToken>> {
    return this.tokens.issue(actor, orgId, name);
  }

  @Rpc(listOrgTokens)
  list(@Payload() { orgId, ...page }: RequestOf<typeof listOrgTokens>, @Caller() actor: Actor): Promise<ListOf<OrgTokenDto>> {
    return this.tokens.list(actor, orgId, page);
  }

  @Rpc(readOrgToken)
  read(@Payload() place: RequestOf<typeof readOrgToken>, @Caller() actor: Actor): Promise<OrgTokenDto> {
    return this.tokens.read(actor, place);
  }

  @Rpc(revokeOrgToken)
  revoke(@Payload() place: RequestOf<typeof revokeOrgToken>, @Caller() actor: Actor): Promise<OrgTokenDto> {
    return this.tokens.revoke(actor, place);
  }
}
