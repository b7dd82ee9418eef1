import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { BridgeState, reportCallState } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { JsonBody } from '../../http/json-body.js';
import { ForOrg } from '../access/bearer.guard.js';
import type { Resource } from '../hal.js';
import { PathId } from '../path-id.pipe.js';
import { PlacedCallResources } from './placed-call-resources.js';

const Report = z.object({ state: BridgeState });

/** What a telephony bridge has seen of a call (click-to-call-calls.md, H3). */
@Controller('v1/orgs/:org/calls/:callId/events')
@ForOrg()
export class PlacedCallsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly resources: PlacedCallResources,
  ) {}

  @Post()
  @HttpCode(200)
  report(@Param('callId', new PathId('call')) callId: string, @JsonBody(Report) { state }: z.output<typeof Report>): Promise<Resource> {
    return this.rpc.call(reportCallState, { callId, state }).then((call) => this.resources.of(call));
  }
}
