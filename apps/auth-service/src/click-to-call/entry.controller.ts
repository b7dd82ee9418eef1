import { Body, Controller, Get, Post, UseFilters } from '@nestjs/common';
import { EngineDoor } from '../oauth/engine-door.js';
import { Form } from '../tokens/form.js';
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

  /** RFC 6749, 3.1: by a query or by a form. */
  @Get('oauth/auth')
  authorize(@VisitedBy() visitor: Visitor): Promise<string | object> {
    return this.begin(visitor, queryOf(visitor));
  }

  @Post('oauth/auth')
  authorizeByForm(@VisitedBy() visitor: Visitor, @Body() form = new Form('')): Promise<string | object> {
    return this.begin(visitor, form);
  }

  @Get('oauth/token')
  async redeem(@VisitedBy() visitor: Visitor): Promise<string | object> {
    return send(visitor, redirect(await this.exchange.redeem(queryOf(visitor))));
  }

  /** ClickToCall's flow begins here as well. */
  private async begin(visitor: Visitor, form: Form): Promise<string | object> {
    if (await this.calls.isForEngine(form)) return this.door.authorize(visitor, form);
    const { asked } = await this.calls.check(form);
    return send(visitor, redirect(`/auth/login?${new URLSearchParams(parametersOf(asked)).toString()}`, 302));
  }
}
