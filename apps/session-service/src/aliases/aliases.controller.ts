import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type AliasDto, authorizeStream, changeAlias, createAlias, deleteAlias, getAlias, listAliases, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { AliasesService } from './aliases.service.js';

@Controller()
export class AliasesController {
  constructor(private readonly aliases: AliasesService) {}

  @Rpc(createAlias)
  create(@Payload() alias: RequestOf<typeof createAlias>, @Caller() actor: Actor): Promise<AliasDto> {
    return this.aliases.create(actor, alias);
  }

  @Rpc(listAliases)
  list(@Payload() request: RequestOf<typeof listAliases>, @Caller() actor: Actor): Promise<ReplyOf<typeof listAliases>> {
    return this.aliases.list(actor, request);
  }

  @Rpc(getAlias)
  get(@Payload() { aliasId }: RequestOf<typeof getAlias>, @Caller() actor: Actor): Promise<AliasDto> {
    return this.aliases.get(actor, aliasId);
  }

  @Rpc(changeAlias)
  change(@Payload() { aliasId, change }: RequestOf<typeof changeAlias>, @Caller() actor: Actor): Promise<AliasDto> {
    return this.aliases.change(actor, aliasId, change);
  }

  @Rpc(deleteAlias)
  remove(@Payload() { aliasId }: RequestOf<typeof deleteAlias>, @Caller() actor: Actor): Promise<AliasDto> {
    return this.aliases.remove(actor, aliasId);
  }

  @Rpc(authorizeStream)
  authorizeStream(@Payload() asked: RequestOf<typeof authorizeStream>, @Caller() actor: Actor): Promise<ReplyOf<typeof authorizeStream>> {
    return this.aliases.authorizeStream(actor, asked);
  }
}
