import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { banPerson, getBan, liftBan, listBans, PersonKey, ShortText } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { JsonBody } from '../../http/json-body.js';
import { ForOrg } from '../access/bearer.guard.js';
import { type Collection, collection } from '../collection.js';
import { EpochSeconds } from '../epoch-seconds.js';
import { pathOf, type Resource } from '../hal.js';
import { Page, type PageQuery } from '../page-query.js';
import { PathId } from '../path-id.pipe.js';
import { banResource } from './ban.presenter.js';

const terms = { sid: ShortText.nullish(), until: EpochSeconds.nullish(), reason: ShortText.nullish() };
const NewBan = z
  .object({ person: PersonKey.optional(), entryId: z.uuid().optional(), ...terms })
  .refine(({ person, entryId }) => (person === undefined) !== (entryId === undefined), { path: ['person'], message: 'give either person or entryId' });
type NewBan = z.output<typeof NewBan>;

/** People who may not enter (B). */
@Controller('v1/orgs/:org/bans')
@ForOrg()
export class BansController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @HttpCode(200)
  create(@JsonBody(NewBan) { person, entryId = '', sid, until, reason }: NewBan): Promise<Resource> {
    const rest = { sid: sid ?? undefined, until: until ?? undefined, reason: reason ?? undefined };
    return this.rpc.call(banPerson, person === undefined ? { entryId, ...rest } : { person, ...rest }).then(banResource);
  }

  @Get()
  list(@Param('org') org: string, @Page() page: PageQuery): Promise<Collection> {
    return this.rpc.call(listBans, page).then((reply) => collection(reply, { path: pathOf.bans(org), cursor: page.cursor, item: banResource }));
  }

  @Get(':id')
  get(@Param('id', new PathId('ban')) banId: string): Promise<Resource> {
    return this.rpc.call(getBan, { banId }).then(banResource);
  }

  @Delete(':id')
  lift(@Param('id', new PathId('ban')) banId: string): Promise<Resource> {
    return this.rpc.call(liftBan, { banId }).then(banResource);
  }
}
