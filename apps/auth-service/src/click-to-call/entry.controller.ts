import { Controller, Get, UseFilters } from '@nestjs/common';
import { EngineDoor } from '../oauth/engine-door.js';
import { redirect, send } from '../visitors/answer.js';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { queryOf, VisitedBy, type Visitor } from '../visitors/visitor.js';
import { parametersOf } from './call-authorization.js';
import { CallAuthorizations } from './call-authorizations.js';
import { CallExchange } from './call-exchange.js';

/** Where applications send a browser first, and last. */
@Controller()
@UseFilters(PageErrorFilter)
export class EntryController {
  constructor(
    private readonly calls: CallAuthorizations,
    private readonly exchange: CallExchange,
    private readonly door: EngineDoor,
  ) {}

  /** RFC 6749, 3.1; ClickToCall's flow begins here as well. */
  @Get('oauth/auth')
  async authorize(@VisitedBy() visitor: Visitor): Promise<string | object> {
    const query = queryOf(visitor);
    if (await this.calls.isForEngine(query)) return this.door.authorize(visitor);
    const { asked } = await this.calls.check(query);
    return send(visitor, redirect(`/auth/login?${new URLSearchParams(parametersOf(asked)).toString()}`, 302));
  }

  @Get('oauth/token')
  async redeem(@VisitedBy() visitor: Visitor): Promise<string | object> {
    return send(visitor, redirect(await this.exchange.redeem(queryOf(visitor))));
  }
}
