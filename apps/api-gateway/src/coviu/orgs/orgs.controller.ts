import { Controller, Get, Param } from '@nestjs/common';
import { getClient, getOrg } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { RpcClient } from '@parley/rpc';
import { Caller } from '../../http/caller.js';
import { ForOrg } from '../access/bearer.guard.js';
import type { Resource } from '../hal.js';
import { PathId } from '../path-id.pipe.js';
import { clientResource, orgResource, rootResource } from './org.presenter.js';

/** Where a client begins, and whom it belongs to (C2, C10). */
@Controller('v1')
@ForOrg()
export class OrgsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  root(@Caller() { clientId }: Actor): Promise<Resource> {
    return this.rpc.call(getClient, { clientId }).then(rootResource);
  }

  @Get('orgs/:org')
  org(): Promise<Resource> {
    return this.rpc.call(getOrg, {}).then(orgResource);
  }

  @Get('orgs/:org/clients/:id')
  client(@Param('id', new PathId('client')) clientId: string): Promise<Resource> {
    return this.rpc.call(getClient, { clientId }).then(clientResource);
  }
}
