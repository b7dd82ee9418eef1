import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type AliasDto, type EntryDto, joinAlias, joinOwnAlias, openAlias, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { AliasDoorsService } from './alias-doors.service.js';

@Controller()
export class AliasDoorsController {
  constructor(private readonly doors: AliasDoorsService) {}

  @Rpc(openAlias)
  see(@Payload() shown: RequestOf<typeof openAlias>): Promise<AliasDto> {
    return this.doors.see(shown);
  }

  @Rpc(joinAlias)
  join(@Payload() asked: RequestOf<typeof joinAlias>): Promise<EntryDto> {
    return this.doors.join(asked);
  }

  @Rpc(joinOwnAlias)
  joinOwn(@Payload() asked: RequestOf<typeof joinOwnAlias>, @Caller() actor: Actor): Promise<EntryDto> {
    return this.doors.joinOwn(actor, asked);
  }
}
