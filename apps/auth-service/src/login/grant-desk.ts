import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/dto';
import { prefersHtml } from '@parley/platform';
import { failureBody } from '../http/oauth-error.filter.js';
import { grantPage } from '../pages/grant-page.js';
import { leadsTo } from '../pages/page-shell.js';
import type { Form } from '../tokens/form.js';
import type { User } from '../users/user.entity.js';
import type { Answer } from '../visitors/answer.js';
import { FORM_TOKEN, FormGuard } from '../visitors/form-guard.js';
import type { Visitor } from '../visitors/visitor.js';
import type { LoginPlace } from './login-desk.js';
import { LoginSessions } from './login-sessions.js';

/** Where somebody is asked whether an application may act for them. */
export interface GrantPlace extends LoginPlace {
  user: User;
  scopes: readonly string[];
}

/** Asks a person for leave, and a program too. */
@Injectable()
export class GrantDesk {
  constructor(
    private readonly guard: FormGuard,
    private readonly sessions: LoginSessions,
  ) {}

  show(visitor: Visitor, { application, action, parameters, redirectUri, user, scopes }: GrantPlace, failure?: AppError): Answer {
    const fields = { ...parameters, [FORM_TOKEN]: this.guard.token(visitor, this.sessions.keyOf(visitor)) };
    const formsLeadTo = redirectUri === undefined ? [] : leadsTo(redirectUri);
    const page = grantPage({ action, fields, application: application.name, username: user.username, scopes, redirectUri, formsLeadTo, message: failure?.message });
    return failure ? { status: 403, data: failureBody(failure.code, failure.message), page } : { data: { ...parameters, message: 'grant' }, page };
  }

  /** Whether they said yes, or the form again for a browser. @throws `cross_site` */
  decide(visitor: Visitor, place: GrantPlace, form: Form): boolean | Answer {
    try {
      this.guard.check(visitor, form, this.sessions.keyOf(visitor));
      return form.one('grant') === 'true';
    } catch (failure) {
      const again = failure instanceof AppError && failure.code === 'stale_form' && prefersHtml(visitor.request.headers.accept);
      if (!again) throw failure;
      return this.show(visitor, place, failure);
    }
  }
}
