import { Controller, Get, UseFilters } from '@nestjs/common';
import type { Form } from '../tokens/form.js';
import { asData } from '../visitors/answer.js';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { queryOf, VisitedBy, type Visitor } from '../visitors/visitor.js';

/** The redirect target of the demo application. */
@Controller('test')
@UseFilters(PageErrorFilter)
export class DemoTargetController {
  @Get()
  show(@VisitedBy() visitor: Visitor): object {
    return asData(visitor, shown(queryOf(visitor)));
  }
}

/** What it was given; what stands in a fragment stays in the browser. */
function shown(query: Form): Record<string, string> {
  const names = { code: 'code', access_token: 'token', expires_in: 'expire', error: 'error', state: 'state' };
  const given = Object.entries(names).flatMap(([name, as]) => {
    const value = query.one(name);
    return value === undefined ? [] : [[as, value] as const];
  });
  return given.length > 0 ? Object.fromEntries(given) : { message: 'Nothing was given in the query. What stands behind a # stays in the browser.' };
}
