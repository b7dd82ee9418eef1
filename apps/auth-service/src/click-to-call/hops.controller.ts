import { Body, Controller, Get, Post, UseFilters } from '@nestjs/common';
import { GrantDesk, type GrantPlace } from '../login/grant-desk.js';
import { LoginDesk, type LoginPlace } from '../login/login-desk.js';
import { LoginSessions } from '../login/login-sessions.js';
import { Form } from '../tokens/form.js';
import { User } from '../users/user.entity.js';
import { redirect, send } from '../visitors/answer.js';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { queryOf, VisitedBy, type Visitor } from '../visitors/visitor.js';
import { parametersOf, scopesOf } from './call-authorization.js';
import { type Asked, CallAuthorizations } from './call-authorizations.js';
import { loginRequired } from './click-to-call.errors.js';

/** The hops of ClickToCall's flow that a person sees. What a hop must know travels along, and is checked anew at each. */
@Controller('auth')
@UseFilters(PageErrorFilter)
export class HopsController {
  constructor(
    private readonly calls: CallAuthorizations,
    private readonly logins: LoginDesk,
    private readonly grants: GrantDesk,
    private readonly sessions: LoginSessions,
  ) {}

  @Get('login')
  async askWho(@VisitedBy() visitor: Visitor): Promise<string | object> {
    const checked = await this.calls.check(queryOf(visitor));
    const user = await this.sessions.userAt(visitor, checked.application);
    return send(visitor, user ? redirect(to('/auth/grant', checked)) : this.logins.show(visitor, placeOf('/auth/login', checked)));
  }

  @Post('login')
  async logIn(@VisitedBy() visitor: Visitor, @Body() form = new Form('')): Promise<string | object> {
    const checked = await this.calls.check(form);
    const entered = await this.logins.enter(visitor, placeOf('/auth/login', checked), form);
    if (!(entered instanceof User)) return send(visitor, entered);
    await this.sessions.begin(visitor, entered, checked.application);
    return send(visitor, redirect(to('/auth/grant', checked)));
  }

  @Get('grant')
  async askLeave(@VisitedBy() visitor: Visitor): Promise<string | object> {
    const checked = await this.calls.check(queryOf(visitor));
    const user = await this.sessions.userAt(visitor, checked.application);
    if (!user) return send(visitor, redirect(to('/auth/login', checked), 302));
    if (await this.calls.isGranted(user, checked)) return send(visitor, redirect(await this.calls.issue(user, checked)));
    return send(visitor, this.grants.show(visitor, grantPlaceOf(checked, user)));
  }

  @Post('grant')
  async grant(@VisitedBy() visitor: Visitor, @Body() form = new Form('')): Promise<string | object> {
    const checked = await this.calls.check(form);
    const user = await this.sessions.userAt(visitor, checked.application);
    if (!user) throw loginRequired();
    const decision = this.grants.decide(visitor, grantPlaceOf(checked, user), form);
    if (typeof decision === 'object') return send(visitor, decision);
    return send(visitor, redirect(await (decision ? this.calls.grant(user, checked) : this.calls.deny(user, checked))));
  }
}

const to = (hop: string, { asked }: Asked): string => `${hop}?${new URLSearchParams(parametersOf(asked)).toString()}`;

const placeOf = (action: string, { asked, application }: Asked): LoginPlace => ({ application, action, parameters: parametersOf(asked), redirectUri: asked.redirectUri });

const grantPlaceOf = (checked: Asked, user: User): GrantPlace => ({ ...placeOf('/auth/grant', checked), user, scopes: scopesOf(checked.asked) });
