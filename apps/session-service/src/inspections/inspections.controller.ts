import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { inspectLink, type Inspection, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { InspectionsService } from './inspections.service.js';

@Controller()
export class InspectionsController {
  constructor(private readonly inspections: InspectionsService) {}

  @Rpc(inspectLink)
  inspect(@Payload() { link }: RequestOf<typeof inspectLink>, @Caller() actor: Actor): Promise<Inspection> {
    return this.inspections.inspect(actor, link);
  }
}
