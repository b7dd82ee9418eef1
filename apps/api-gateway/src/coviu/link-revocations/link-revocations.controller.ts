import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { listLinkRevocations, revokeLinks } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { JsonBody } from '../../http/json-body.js';
import { ForOrg } from '../access/bearer.guard.js';
import { PastedLink } from '../admissions/pasted-link.js';
import { type Collection, collection } from '../collection.js';
import { EpochSeconds } from '../epoch-seconds.js';
import { pathOf, type Resource } from '../hal.js';
import { Page, type PageQuery } from '../page-query.js';
import { linkRevocationResource } from './link-revocation.presenter.js';

const NewRevocation = z.object({
  kind: revokeLinks.request.shape.kind,
  key: z.string().min(1).max(262).optional(),
  link: PastedLink.optional(),
  at: EpochSeconds.nullish(),
  end_entries: z.boolean().default(false),
});
type NewRevocation = z.output<typeof NewRevocation>;

/** Links that were signed offline and shall not work any more (R). */
@Controller('v1/orgs/:org/link-revocations')
@ForOrg()
export class LinkRevocationsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @HttpCode(200)
  create(@JsonBody(NewRevocation) { at, end_entries: endEntries, ...what }: NewRevocation): Promise<Resource> {
    return this.rpc.call(revokeLinks, { ...what, at: at ?? undefined, endEntries }).then(linkRevocationResource);
  }

  @Get()
  list(@Param('org') org: string, @Page() page: PageQuery): Promise<Collection> {
    return this.rpc
      .call(listLinkRevocations, page)
      .then((reply) => collection(reply, { path: pathOf.linkRevocations(org), cursor: page.cursor, item: linkRevocationResource }));
  }
}
