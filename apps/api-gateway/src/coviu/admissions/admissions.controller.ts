import { Controller, Header, HttpCode, Post } from '@nestjs/common';
import { inspectLink } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { JsonBody } from '../../http/json-body.js';
import { ForOrg } from '../access/bearer.guard.js';
import { decisionOf, inspectionOf } from './inspection.presenter.js';
import { PastedLink } from './pasted-link.js';

const WithLink = z.object({ link: PastedLink });
type WithLink = z.output<typeof WithLink>;

/** Asks what would become of a link, without using it (AD.6). */
@Controller('v1/orgs/:org')
@ForOrg()
export class AdmissionsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post('admissions/check')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  check(@JsonBody(WithLink) { link }: WithLink): Promise<object> {
    return this.rpc.call(inspectLink, { link }).then(decisionOf);
  }

  @Post('links/inspect')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  inspect(@JsonBody(WithLink) { link }: WithLink): Promise<object> {
    return this.rpc.call(inspectLink, { link }).then(inspectionOf);
  }
}
