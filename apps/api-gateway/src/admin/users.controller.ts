import { Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { changeUser, type ListOf, type ListPage, listUsers, NewUser, readUser, registerUser, UserChange, type UserDto } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { JsonBody } from '../http/json-body.js';
import { ForAdmin } from './for-admin.js';
import { Listed } from './list-query.js';
import { PathId } from './path-id.pipe.js';

/** Users of an org (A5). */
@Controller('admin/v1/orgs/:org/users')
@ForAdmin()
export class AdminUsersController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  create(@Param('org', PathId) orgId: string, @JsonBody(NewUser) user: NewUser): Promise<UserDto> {
    return this.rpc.call(registerUser, { orgId, user });
  }

  @Get()
  list(@Param('org', PathId) orgId: string, @Listed() page: ListPage): Promise<ListOf<UserDto>> {
    return this.rpc.call(listUsers, { orgId, ...page });
  }

  @Get(':id')
  get(@Param('org', PathId) orgId: string, @Param('id', PathId) userId: string): Promise<UserDto> {
    return this.rpc.call(readUser, { orgId, userId });
  }

  @Patch(':id')
  change(@Param('org', PathId) orgId: string, @Param('id', PathId) userId: string, @JsonBody(UserChange) change: UserChange): Promise<UserDto> {
    return this.rpc.call(changeUser, { orgId, userId, change });
  }
}
