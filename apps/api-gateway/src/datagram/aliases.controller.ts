import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { changeAlias, createAlias, deleteAlias, listAliases } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { NotToBeKept } from '../admin/for-admin.js';
import { InShape } from '../http/in-shape.pipe.js';
import { JsonBody } from '../http/json-body.js';
import { AliasChangeInput, AliasListQuery, NewAliasInput } from './alias-input.js';
import { type AliasData, aliasData } from './alias.presenter.js';
import { ForOrgToken } from './for-org-token.js';

/** datagram-link.md, A2: so many a page. */
const PAGE = 50;

interface AliasPage {
  after: string | null;
  entries: AliasData[];
}

/** The aliases of an org (A2 to A5). */
@Controller('organization/api/v1')
@ForOrgToken()
export class DatagramAliasesController {
  constructor(private readonly rpc: RpcClient) {}

  @Get('aliases')
  @NotToBeKept()
  list(@Query(new InShape(AliasListQuery)) { type, after }: AliasListQuery): Promise<AliasPage> {
    return this.rpc
      .call(listAliases, { page: after === undefined ? 0 : 1, count: PAGE, cursor: after, type })
      .then(({ items, next }) => ({ after: next?.cursor ?? null, entries: items.map(aliasData) }));
  }

  @Post('alias/create')
  @NotToBeKept()
  create(@JsonBody(NewAliasInput) alias: NewAliasInput): Promise<AliasData> {
    return this.rpc.call(createAlias, alias).then(aliasData);
  }

  @Post('alias/update/:id')
  @HttpCode(200)
  @NotToBeKept()
  change(@Param('id') aliasId: string, @JsonBody(AliasChangeInput) change: AliasChangeInput): Promise<AliasData> {
    return this.rpc.call(changeAlias, { aliasId, change }).then(aliasData);
  }

  @Delete('alias/delete/:id')
  remove(@Param('id') aliasId: string): Promise<{ message: string }> {
    return this.rpc.call(deleteAlias, { aliasId }).then(() => ({ message: 'Alias deleted successfully.' }));
  }
}
