import { Controller, Get, Param, Req, Res, UseInterceptors } from '@nestjs/common';
import { enterByLink, type EntryDto, previewLink } from '@parley/dto';
import { noteOrg } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Resource } from '../hal.js';
import { entryResource } from '../sessions/entry.presenter.js';
import { joinPage } from './join-page.js';
import { LinkHeaders } from './link-headers.js';
import { LinkPipe } from './link.pipe.js';
import { sendPage, wantsPage } from './page-response.js';

/** The links that people follow to a session (C9). */
@Controller('v1/session')
@UseInterceptors(LinkHeaders)
export class LinksController {
  constructor(private readonly rpc: RpcClient) {}

  /** A page grants nothing: mail scanners follow links too. */
  @Get(':link')
  open(@Param('link', LinkPipe) link: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Resource | string> {
    return wantsPage(request)
      ? this.rpc.call(previewLink, { link }).then((preview) => sendPage(reply, joinPage(preview)))
      : this.rpc.call(enterByLink, { link }).then(granted);
  }
}

/** The link alone says whose request it was. */
function granted(entry: EntryDto): Resource {
  noteOrg(entry.orgId);
  return entryResource(entry);
}
