import { Controller, Get, UseFilters } from '@nestjs/common';
import { noticePage } from '../pages/notice-page.js';
import { send } from '../visitors/answer.js';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { VisitedBy, type Visitor } from '../visitors/visitor.js';
import { LoginSessions } from './login-sessions.js';

@Controller('auth/logout')
@UseFilters(PageErrorFilter)
export class LogoutController {
  constructor(private readonly sessions: LoginSessions) {}

  /** The same for who was not logged in. What applications were given goes on. */
  @Get()
  async logOut(@VisitedBy() visitor: Visitor): Promise<string | object> {
    await this.sessions.end(visitor);
    return send(visitor, { data: { message: 'logout complete' }, page: noticePage('You are signed out', 'You can close this page.') });
  }
}
