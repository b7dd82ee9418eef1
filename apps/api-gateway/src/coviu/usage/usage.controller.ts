import { Controller, Get, Param, Query } from '@nestjs/common';
import { listUsage, reconcileUsage } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { InShape } from '../../http/in-shape.pipe.js';
import { ForOrg } from '../access/bearer.guard.js';
import { type Collection, collection } from '../collection.js';
import { linkTo, pathOf, type Resource } from '../hal.js';
import { reconciliationResource, usageResource } from './usage.presenter.js';
import { DaysQuery, filterOf, groupingOf, UsageQuery } from './usage-query.js';

/** What the org has used, in participant-seconds (U). */
@Controller('v1/orgs/:org/usage')
@ForOrg()
export class UsageController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  async list(@Param('org') org: string, @Query(new InShape(UsageQuery)) query: UsageQuery): Promise<Collection> {
    const { group_by, ...page } = query;
    const reply = await this.rpc.call(listUsage, { ...page, groupBy: groupingOf(group_by) });
    const { content, _links } = collection(reply, { path: pathOf.usage(org), cursor: page.cursor, filter: filterOf(query), item: usageResource });
    return { content, _links: { ..._links, org: linkTo(pathOf.org(org)), reconcile: linkTo(pathOf.reconcileUsage(org)) } };
  }

  /** Whether it agrees with the call records. */
  @Get('reconcile')
  async reconcile(@Param('org') org: string, @Query(new InShape(DaysQuery)) days: DaysQuery): Promise<Resource> {
    return reconciliationResource({ org, days }, await this.rpc.call(reconcileUsage, days));
  }
}
