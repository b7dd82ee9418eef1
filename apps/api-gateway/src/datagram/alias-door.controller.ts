import { Controller, Get, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { type AliasDto, AppError, type EntryDto, getAlias, joinAlias, joinOwnAlias, openAlias, type RequestInputOf } from '@parley/dto';
import { noteOrg } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import type { FastifyRequest } from 'fastify';
import { NotToBeKept } from '../admin/for-admin.js';
import type { Resource } from '../coviu/hal.js';
import { capableEntryResource } from '../coviu/sessions/entry.presenter.js';
import { JsonBody } from '../http/json-body.js';
import { JoinInput } from './alias-input.js';
import { type AliasData, aliasData } from './alias.presenter.js';
import { tokenOf } from './authorization.js';
import { ShownGuard } from './shown.guard.js';

type AnyRequest = FastifyRequest<{ Querystring: { passcode?: unknown } }>;

/** Where people come to with an alias (A1), and how they get in. */
@Controller('api/v1/alias')
@UseGuards(ShownGuard)
export class AliasDoorController {
  constructor(private readonly rpc: RpcClient) {}

  @Get(':id')
  @NotToBeKept()
  see(@Param('id') aliasId: string, @Req() request: AnyRequest): Promise<AliasData> {
    const asAnybody = (): Promise<AliasDto> => this.rpc.call(openAlias, shownBy(aliasId, request));
    return (request.user ? this.rpc.call(getAlias, { aliasId }).catch(ifForeign(asAnybody)) : asAnybody()).then(aliasData);
  }

  @Post(':id/join')
  @HttpCode(200)
  @NotToBeKept()
  join(@Param('id') aliasId: string, @Req() request: AnyRequest, @JsonBody(JoinInput) { name }: JoinInput): Promise<Resource> {
    const asAnybody = (): Promise<EntryDto> => this.rpc.call(joinAlias, { ...shownBy(aliasId, request), name });
    return (request.user ? this.rpc.call(joinOwnAlias, { aliasId, name }).catch(ifForeign(asAnybody)) : asAnybody()).then(granted);
  }
}

/** A passcode that is given twice is none. */
function shownBy(aliasId: string, { headers, query: { passcode } }: AnyRequest): RequestInputOf<typeof openAlias> {
  return { aliasId, ...(typeof passcode === 'string' ? { passcode } : {}), token: tokenOf(headers.authorization) };
}

/** The token of another org opens no more than any other text would. */
const ifForeign =
  <T>(otherwise: () => Promise<T>) =>
  (error: unknown): Promise<T> => {
    if (error instanceof AppError && error.code === 'alias.not_found') return otherwise();
    throw error;
  };

function granted(entry: EntryDto): Resource {
  noteOrg(entry.orgId);
  return capableEntryResource(entry);
}
