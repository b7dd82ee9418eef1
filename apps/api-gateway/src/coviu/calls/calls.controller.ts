import { Controller, Get, Param, Query } from '@nestjs/common';
import { AppError, getCall, getPlacedCall, listCalls, ShortText } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import type { z } from 'zod';
import { InShape } from '../../http/in-shape.pipe.js';
import { ForOrg } from '../access/bearer.guard.js';
import { type Collection, collection } from '../collection.js';
import { pathOf, type Resource } from '../hal.js';
import { PageQuery } from '../page-query.js';
import { PathId } from '../path-id.pipe.js';
import { PlacedCallResources } from '../placed-calls/placed-call-resources.js';
import { callResource } from './call.presenter.js';

const CallsQuery = PageQuery.extend({ sid: ShortText.optional() });
type CallsQuery = z.output<typeof CallsQuery>;

/** The records of what took place (C14), and calls that were placed (click-to-call-calls.md, H1). */
@Controller('v1/orgs/:org/calls')
@ForOrg()
export class CallsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly placedCalls: PlacedCallResources,
  ) {}

  @Get()
  list(@Param('org') org: string, @Query(new InShape(CallsQuery)) page: CallsQuery): Promise<Collection> {
    return this.rpc
      .call(listCalls, page)
      .then((reply) => collection(reply, { path: pathOf.calls(org), cursor: page.cursor, filter: { sid: page.sid }, item: callResource }));
  }

  @Get(':callId')
  get(@Param('callId', new PathId('call')) callId: string): Promise<Resource> {
    return this.rpc.call(getCall, { callId }).then(callResource, (error: unknown) => this.placed(callId, error));
  }

  /** What is no record of a session may be a call that was placed: their ids are never equal. */
  private placed(callId: string, error: unknown): Promise<Resource> {
    if (!(error instanceof AppError) || error.kind !== 'not_found') throw error;
    return this.rpc.call(getPlacedCall, { callId }).then((call) => this.placedCalls.of(call));
  }
}
