import { Body, Controller, Get, Param, Post, UseFilters } from '@nestjs/common';
import { GrantDesk, type GrantPlace } from '../login/grant-desk.js';
import { LoginDesk, type LoginPlace } from '../login/login-desk.js';
import { LoginSessions } from '../login/login-sessions.js';
import { Form } from '../tokens/form.js';
import { User } from '../users/user.entity.js';
import { redirect, send } from '../visitors/answer.js';
import { PageErrorFilter } from '../visitors/page-error.filter.js';
import { VisitedBy, type Visitor } from '../visitors/visitor.js';
import { interactionOver } from './interactions.errors.js';
import { type Interaction, InteractionsService } from './interactions.service.js';

/** The pages to which the engine sends a person, and from which they go back to it. */
@Controller('auth')
@UseFilters(PageErrorFilter)
export class InteractionsController {
  constructor(
    private readonly interactions: InteractionsService,
    private readonly logins: LoginDesk,
    private readonly grants: GrantDesk,
    private readonly sessions: LoginSessions,
  ) {}

  @Get('login/:uid')
  async askWho(@VisitedBy() visitor: Visitor, @Param('uid') uid: string): Promise<string | object> {
    return send(visitor, this.logins.show(visitor, loginPlace(await this.interactions.get(visitor, uid))));
  }

  /** The engine is answered first: it doesn't take an answer of whoever logged in after it had asked. */
  @Post('login/:uid')
  async logIn(@VisitedBy() visitor: Visitor, @Param('uid') uid: string, @Body() form = new Form('')): Promise<string | object> {
    const interaction = await this.interactions.get(visitor, uid);
    const entered = await this.logins.enter(visitor, loginPlace(interaction), form);
    if (!(entered instanceof User)) return send(visitor, entered);
    const back = await this.interactions.loggedIn(visitor, entered);
    await this.sessions.begin(visitor, entered, interaction.application);
    return send(visitor, redirect(back));
  }

  @Get('grant/:uid')
  async askLeave(@VisitedBy() visitor: Visitor, @Param('uid') uid: string): Promise<string | object> {
    return send(visitor, this.grants.show(visitor, grantPlace(await this.interactions.get(visitor, uid))));
  }

  @Post('grant/:uid')
  async grant(@VisitedBy() visitor: Visitor, @Param('uid') uid: string, @Body() form = new Form('')): Promise<string | object> {
    const interaction = await this.interactions.get(visitor, uid);
    const place = grantPlace(interaction);
    const decision = this.grants.decide(visitor, place, form);
    if (typeof decision === 'object') return send(visitor, decision);
    return send(visitor, redirect(await (decision ? this.interactions.granted(visitor, place.user, interaction) : this.interactions.denied(visitor, place.user, interaction))));
  }
}

const loginPlace = ({ uid, application, parameters, redirectUri }: Interaction): LoginPlace => ({ application, action: `/auth/login/${uid}`, parameters, redirectUri });

function grantPlace(interaction: Interaction): GrantPlace {
  const { uid, user, scopes } = interaction;
  if (!user) throw interactionOver();
  return { ...loginPlace(interaction), action: `/auth/grant/${uid}`, user, scopes };
}
