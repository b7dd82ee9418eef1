import { Controller, Get, Param, Query } from '@nestjs/common';
import { getRefusal, listRefusals, WITHOUT_CONTROLS } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { InShape } from '../../http/in-shape.pipe.js';
import { ForOrg } from '../access/bearer.guard.js';
import { type Collection, collection } from '../collection.js';
import { EpochText } from '../epoch-seconds.js';
import { pathOf, type Resource } from '../hal.js';
import { PageQuery } from '../page-query.js';
import { PathId } from '../path-id.pipe.js';
import { refusalResource } from './refusal.presenter.js';

const Text = z.string('must be given once').min(1).max(262).regex(WITHOUT_CONTROLS, 'must not contain control characters').optional();
/** As the links of a page repeat it. */
const Filter = z.object({ sid: Text, ref: Text, person: Text, code: Text, from: EpochText.optional(), to: EpochText.optional() });
const RefusalsQuery = PageQuery.extend(Filter.shape);
type RefusalsQuery = z.output<typeof RefusalsQuery>;

const seconds = (instant: string | undefined): string | undefined => (instant === undefined ? undefined : String(Date.parse(instant) / 1000));

/** Who was not let in, and why (AD.7). */
@Controller('v1/orgs/:org/refusals')
@ForOrg()
export class RefusalsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  list(@Param('org') org: string, @Query(new InShape(RefusalsQuery)) query: RefusalsQuery): Promise<Collection> {
    const { sid, ref, person, code, from, to, cursor } = query;
    const filter = { sid, ref, person, code, from: seconds(from), to: seconds(to) };
    return this.rpc.call(listRefusals, query).then((reply) => collection(reply, { path: pathOf.refusals(org), cursor, filter, item: refusalResource }));
  }

  @Get(':id')
  get(@Param('id', new PathId('refusal')) refusalId: string): Promise<Resource> {
    return this.rpc.call(getRefusal, { refusalId }).then(refusalResource);
  }
}
