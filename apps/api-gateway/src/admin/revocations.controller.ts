import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { RevocationWish, type RevokedDto, revokeTokens } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { JsonBody } from '../http/json-body.js';
import { ForAdmin } from './for-admin.js';
import { PathId } from './path-id.pipe.js';

/** Tokens that are ended before their time (A8). */
@Controller('admin/v1/orgs/:org/revocations')
@ForAdmin()
export class AdminRevocationsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @HttpCode(200)
  revoke(@Param('org', PathId) orgId: string, @JsonBody(RevocationWish) wish: RevocationWish): Promise<RevokedDto> {
    return this.rpc.call(revokeTokens, { orgId, wish });
  }
}
