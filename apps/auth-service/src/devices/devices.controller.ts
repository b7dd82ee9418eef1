import { Controller, Get, Post, UseFilters } from '@nestjs/common';
import { Guesses } from '../guesses/guesses.service.js';
import { EngineDoor } from '../oauth/engine-door.js';
import { routes } from '../engine/routes.js';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { queryOf, VisitedBy, type Visitor } from '../visitors/visitor.js';
import { OFFERED } from './device-pages.js';

/** Nobody says whose code it is: ten wrong ones from an address are too many, whichever they are (RFC 8628, 5.1). */
const typed = { secret: 'user-code', account: '', client: '' } as const;

/** Where a person types the code that a device shows (RFC 8628, 3.3). */
@Controller('auth/device')
@UseFilters(PageErrorFilter)
export class DevicesController {
  constructor(
    private readonly door: EngineDoor,
    private readonly guesses: Guesses,
  ) {}

  /** A code in the address (RFC 8628, 3.3.1) is filled in, and the person sends it: the engine would with a script. */
  @Get()
  async ask(@VisitedBy() visitor: Visitor): Promise<string> {
    const code = queryOf(visitor).one('user_code');
    const query = code === undefined ? '' : `?${new URLSearchParams({ [OFFERED]: code }).toString()}`;
    return (await this.door.pass(visitor, routes.code_verification + query)).body;
  }

  @Post()
  async enter(@VisitedBy() visitor: Visitor): Promise<string> {
    let page = '';
    await this.guesses.attempt(typed, async () => {
      const { body, visit } = await this.door.pass(visitor);
      page = body;
      return visit.wrongUserCode ? undefined : body;
    });
    return page;
  }

  /** Back from a page of ours. */
  @Get(':uid')
  async resume(@VisitedBy() visitor: Visitor): Promise<string> {
    return (await this.door.pass(visitor)).body;
  }
}
