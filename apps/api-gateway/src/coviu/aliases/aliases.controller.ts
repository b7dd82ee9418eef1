import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { AliasType, authorizeStream, changeAlias, createAlias, deleteAlias, getAlias, listAliases, StreamKey } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { NotToBeKept } from '../../admin/for-admin.js';
import { AliasChangeInput, NewAliasInput } from '../../datagram/alias-input.js';
import { InShape } from '../../http/in-shape.pipe.js';
import { JsonBody } from '../../http/json-body.js';
import { OpaqueTokenGuard } from '../../opaque-tokens/opaque-token.guard.js';
import { AccessTokenGuard, OrgGuard } from '../access/bearer.guard.js';
import { type Collection, collection } from '../collection.js';
import { pathOf, type Resource } from '../hal.js';
import { PageQuery } from '../page-query.js';
import { aliasResource, streamResource } from './alias.resource.js';

const ListQuery = PageQuery.extend({ type: AliasType.optional() });
type ListQuery = z.output<typeof ListQuery>;

const StreamQuestion = z.object({ stream_key: StreamKey });
type StreamQuestion = z.output<typeof StreamQuestion>;

/** The aliases of an org as resources (datagram.md, R). */
@Controller('v1/orgs/:org/aliases')
@UseGuards(OpaqueTokenGuard, AccessTokenGuard, OrgGuard)
export class AliasesController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @HttpCode(200)
  @NotToBeKept()
  create(@JsonBody(NewAliasInput) alias: NewAliasInput): Promise<Resource> {
    return this.rpc.call(createAlias, alias).then(aliasResource);
  }

  @Get()
  @NotToBeKept()
  list(@Param('org') org: string, @Query(new InShape(ListQuery)) query: ListQuery): Promise<Collection> {
    return this.rpc
      .call(listAliases, query)
      .then((reply) => collection(reply, { path: pathOf.aliases(org), cursor: query.cursor, filter: { type: query.type }, item: aliasResource }));
  }

  @Get(':id')
  @NotToBeKept()
  get(@Param('id') aliasId: string): Promise<Resource> {
    return this.rpc.call(getAlias, { aliasId }).then(aliasResource);
  }

  @Patch(':id')
  @NotToBeKept()
  change(@Param('id') aliasId: string, @JsonBody(AliasChangeInput) change: AliasChangeInput): Promise<Resource> {
    return this.rpc.call(changeAlias, { aliasId, change }).then(aliasResource);
  }

  @Delete(':id')
  @NotToBeKept()
  remove(@Param('id') aliasId: string): Promise<Resource> {
    return this.rpc.call(deleteAlias, { aliasId }).then(aliasResource);
  }

  /** Asked by a media server: may whoever comes with this key publish here? */
  @Post(':id/stream/authorize')
  @HttpCode(200)
  authorize(@Param('id') aliasId: string, @JsonBody(StreamQuestion) { stream_key: streamKey }: StreamQuestion): Promise<Resource> {
    return this.rpc.call(authorizeStream, { aliasId, streamKey }).then(streamResource);
  }
}
