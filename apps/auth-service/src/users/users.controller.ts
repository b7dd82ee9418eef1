import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { changeUser, type ListOf, listUsers, readUser, registerUser, type RequestOf, type UserDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { UsersService } from './users.service.js';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Rpc(registerUser)
  register(@Payload() { orgId, user }: RequestOf<typeof registerUser>, @Caller() actor: Actor): Promise<UserDto> {
    return this.users.register(actor, orgId, user);
  }

  @Rpc(listUsers)
  list(@Payload() { orgId, ...page }: RequestOf<typeof listUsers>, @Caller() actor: Actor): Promise<ListOf<UserDto>> {
    return this.users.list(actor, orgId, page);
  }

  @Rpc(readUser)
  read(@Payload() place: RequestOf<typeof readUser>, @Caller() actor: Actor): Promise<UserDto> {
    return this.users.read(actor, place);
  }

  @Rpc(changeUser)
  change(@Payload() { change, ...place }: RequestOf<typeof changeUser>, @Caller() actor: Actor): Promise<UserDto> {
    return this.users.change(actor, place, change);
  }
}
