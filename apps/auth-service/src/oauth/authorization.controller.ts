import { Controller, Get, UseFilters } from '@nestjs/common';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { VisitedBy, type Visitor } from '../visitors/visitor.js';
import { EngineDoor } from './engine-door.js';

/** Where a browser comes back to the engine, in the middle of an authorization. */
@Controller('oauth/auth')
@UseFilters(PageErrorFilter)
export class AuthorizationController {
  constructor(private readonly door: EngineDoor) {}

  /** Back from a page of ours. */
  @Get(':uid')
  async resume(@VisitedBy() visitor: Visitor): Promise<string> {
    return (await this.door.pass(visitor)).body;
  }
}
