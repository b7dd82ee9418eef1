import { Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { changeClient, type ClientAdminDto, ClientChange, type ClientDetailsDto, listClients, type ListOf, type ListPage, NewClient, readClient, registerClient, type ReplyOf, rotateClientSecret, Rotation } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import type { z } from 'zod';
import { JsonBody } from '../http/json-body.js';
import { ForAdmin, NotToBeKept } from './for-admin.js';
import { Listed } from './list-query.js';
import { PathId } from './path-id.pipe.js';

/** Clients of an org and their secrets (A3). */
@Controller('admin/v1/orgs/:org/clients')
@ForAdmin()
export class AdminClientsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @NotToBeKept()
  create(@Param('org', PathId) orgId: string, @JsonBody(NewClient) client: NewClient): Promise<ReplyOf<typeof registerClient>> {
    return this.rpc.call(registerClient, { orgId, client });
  }

  @Get()
  list(@Param('org', PathId) orgId: string, @Listed() page: ListPage): Promise<ListOf<ClientAdminDto>> {
    return this.rpc.call(listClients, { orgId, ...page });
  }

  @Get(':id')
  get(@Param('org', PathId) orgId: string, @Param('id', PathId) clientId: string): Promise<ClientDetailsDto> {
    return this.rpc.call(readClient, { orgId, clientId });
  }

  @Patch(':id')
  change(@Param('org', PathId) orgId: string, @Param('id', PathId) clientId: string, @JsonBody(ClientChange) change: ClientChange): Promise<ClientAdminDto> {
    return this.rpc.call(changeClient, { orgId, clientId, change });
  }

  @Post(':id/rotate-secret')
  @HttpCode(201)
  @NotToBeKept()
  rotate(
    @Param('org', PathId) orgId: string,
    @Param('id', PathId) clientId: string,
    @JsonBody(Rotation) { overlapSeconds }: z.output<typeof Rotation>,
  ): Promise<ReplyOf<typeof rotateClientSecret>> {
    return this.rpc.call(rotateClientSecret, { orgId, clientId, overlapSeconds });
  }
}
