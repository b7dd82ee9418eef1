import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/dto';
import { prefersHtml } from '@parley/platform';
import { failureBody } from '../http/oauth-error.filter.js';
import { loginPage } from '../pages/login-page.js';
import { leadsTo } from '../pages/page-shell.js';
import type { Form } from '../tokens/form.js';
import type { User } from '../users/user.entity.js';
import type { Answer } from '../visitors/answer.js';
import { FORM_TOKEN, FormGuard } from '../visitors/form-guard.js';
import type { Visitor } from '../visitors/visitor.js';
import { LoginService } from './login.service.js';
import { LoginSessions } from './login-sessions.js';

/** Where somebody is asked who they are. */
export interface LoginPlace {
  application: { id: string; orgId: string; name: string };
  /** Where the form goes. */
  action: string;
  /** What travels with it. */
  parameters: Readonly<Record<string, string>>;
  /** Where the person ends up; a device waits elsewhere. */
  redirectUri?: string | undefined;
}

interface Again {
  failure: AppError;
  username: string | undefined;
}

/** What a person can put right in the form itself. */
const worthAnotherTry = ['invalid_credentials', 'stale_form'];

/** Asks a person who they are, and a program too. */
@Injectable()
export class LoginDesk {
  constructor(
    private readonly guard: FormGuard,
    private readonly logins: LoginService,
    private readonly sessions: LoginSessions,
  ) {}

  show(visitor: Visitor, { application, action, parameters, redirectUri }: LoginPlace, again?: Again): Answer {
    const fields = { ...parameters, [FORM_TOKEN]: this.guard.token(visitor, this.sessions.keyOf(visitor)) };
    const formsLeadTo = redirectUri === undefined ? [] : leadsTo(redirectUri);
    const page = loginPage({ action, fields, application: application.name, formsLeadTo, message: again?.failure.message, username: again?.username });
    return again ? { status: 403, data: failureBody(again.failure.code, again.failure.message), page } : { data: { ...parameters, message: 'login' }, page };
  }

  /** The user, or the form again for a browser. @throws `cross_site`, `too_many_failures`, and for a program whatever was wrong */
  async enter(visitor: Visitor, place: LoginPlace, form: Form): Promise<User | Answer> {
    try {
      this.guard.check(visitor, form, this.sessions.keyOf(visitor));
      return await this.logins.authenticate(place.application, form);
    } catch (failure) {
      const again = failure instanceof AppError && worthAnotherTry.includes(failure.code) && prefersHtml(visitor.request.headers.accept);
      if (!again) throw failure;
      return this.show(visitor, place, { failure, username: form.one('username') });
    }
  }
}
