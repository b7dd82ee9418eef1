import { Readable } from 'node:stream';
import { Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { endPlacedCall, EXPORT_STEP, listPlacedCalls, type ListOf, type PlacedCallDto, type PlacedCallFilter, readPlacedCall, readUserStatus } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { preferredExport } from '../http/accept.js';
import { InShape } from '../http/in-shape.pipe.js';
import { FreshAccess } from '../opaque-tokens/fresh-access.js';
import { type AdminCall, adminCall, adminStatus } from './call.presenter.js';
import { contentTypeOf, type ExportFormat, headOf, pageText } from './calls-export.js';
import { CallsQuery } from './calls-query.js';
import { ForAdmin } from './for-admin.js';
import { PathId } from './path-id.pipe.js';

type Page = ListOf<PlacedCallDto>;

/** Calls of everybody whom the caller administers (click-to-call-calls.md, M). */
@Controller('admin/v1')
@ForAdmin()
export class AdminCallsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly access: FreshAccess,
  ) {}

  @Get('calls')
  async list(
    @Query(new InShape(CallsQuery)) { org: orgId, client: clientId, format, limit, after, ...rest }: CallsQuery,
    @Headers('accept') accept: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListOf<AdminCall> | Readable> {
    const filter = { ...rest, orgId, clientId };
    const wanted = format ?? preferredExport(accept) ?? 'json';
    void reply.header('vary', 'Accept');
    if (wanted !== 'json') return this.export(wanted, { filter, request, reply });
    const { items, next } = await this.rpc.call(listPlacedCalls, { ...filter, limit, after });
    return { items: items.map(adminCall), next };
  }

  @Get('calls/:id')
  get(@Param('id', PathId) callId: string): Promise<AdminCall> {
    return this.rpc.call(readPlacedCall, { callId }).then(adminCall);
  }

  @Post('calls/:id/end')
  @HttpCode(200)
  end(@Param('id', PathId) callId: string): Promise<AdminCall> {
    return this.rpc.call(endPlacedCall, { callId }).then(adminCall);
  }

  @Get('orgs/:org/users/:username/status')
  status(@Param('org', PathId) orgId: string, @Param('username', PathId) user: string): Promise<ReturnType<typeof adminStatus>> {
    return this.rpc.call(readUserStatus, { orgId, user }).then(adminStatus);
  }

  /** The first page is there before the answer begins: what is wrong with the request is told as ever. */
  private async export(format: ExportFormat, { filter, request, reply }: { filter: PlacedCallFilter; request: FastifyRequest; reply: FastifyReply }): Promise<Readable> {
    const read = (after?: string): Promise<Page> => this.rpc.call(listPlacedCalls, { ...filter, limit: EXPORT_STEP, after });
    const first = await read();
    const later = (after: string): Promise<Page> => this.access.renewed(request, () => read(after));
    void reply.type(contentTypeOf[format]).header('content-disposition', `attachment; filename="calls.${format}"`);
    return Readable.from(request.method === 'HEAD' ? [] : textOf(format, first, later), { objectMode: false });
  }
}

/** A page at a time, the next one when this one has gone: memory does not grow with the list. A failure ends the answer unfinished. */
async function* textOf(format: ExportFormat, first: Page, read: (after: string) => Promise<Page>): AsyncGenerator<string> {
  let head = headOf(format);
  for (let page = first; ; page = await read(page.next)) {
    yield head + pageText(format, page.items.map(adminCall));
    head = '';
    if (page.next === null) return;
  }
}
