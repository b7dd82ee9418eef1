import { Controller, Get, Post, UseFilters } from '@nestjs/common';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { VisitedBy, type Visitor } from '../visitors/visitor.js';
import { EngineDoor } from './engine-door.js';

/** What a browser asks of the engine itself (RFC 6749, 3.1). The engine sends it on to the login and consent pages. */
@Controller('oauth/auth')
@UseFilters(PageErrorFilter)
export class AuthorizationController {
  constructor(private readonly door: EngineDoor) {}

  @Post()
  authorize(@VisitedBy() visitor: Visitor): Promise<string> {
    return this.door.authorize(visitor);
  }

  /** Back from a page of ours. */
  @Get(':uid')
  async resume(@VisitedBy() visitor: Visitor): Promise<string> {
    return (await this.door.pass(visitor)).body;
  }
}
