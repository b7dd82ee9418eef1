import { Injectable } from '@nestjs/common';
import { errors } from 'oidc-provider';
import { recordAct } from '../audit/record-act.js';
import type { ApiClient } from '../clients/client.entity.js';
import { ConsentsRepository } from '../consents/consents.repository.js';
import { badCredentials } from '../login/login.errors.js';
import { newGrant } from '../engine/grants.js';
import { type AtWork, Visits } from '../oauth/visits.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import type { Visitor } from '../visitors/visitor.js';
import { interactionOver } from './interactions.errors.js';

/** What the engine wants to know of a person before it goes on. */
export interface Interaction {
  uid: string;
  application: ApiClient;
  /** Who is logged in; nobody yet, or nobody any more. */
  user: User | undefined;
  /** The scopes of the request that the application may have. */
  scopes: string[];
  /** Of the request, as far as a person or program may want to see them. */
  parameters: Record<string, string>;
  /** Where the answer goes; a device waits elsewhere. */
  redirectUri: string | undefined;
}

const shown = ['client_id', 'response_type', 'redirect_uri', 'scope', 'state'];
const ofOpenId = ['openid', 'offline_access'];

/** Answers the engine for a person, where it serves today's standards. */
@Injectable()
export class InteractionsService {
  constructor(
    private readonly visits: Visits,
    private readonly users: UsersRepository,
    private readonly consents: ConsentsRepository,
  ) {}

  /** @throws `interaction_over` */
  get(visitor: Visitor, uid: string): Promise<Interaction> {
    return this.visits.work((at) => this.read(at, visitor, uid));
  }

  /** Each answers where the browser goes on. */
  loggedIn(visitor: Visitor, user: User): Promise<string> {
    return this.visits.work(async ({ provider, tx }) => {
      if (!(await this.users.isStillIn(tx, user))) throw badCredentials();
      return provider.interactionResult(visitor.request.raw, visitor.reply.raw, { login: { accountId: user.id, amr: ['pwd'] } });
    });
  }

  /** Remembered, and an authorization of its own. */
  granted(visitor: Visitor, user: User, { application, scopes }: Interaction): Promise<string> {
    return this.visits.work(async ({ provider, tx }) => {
      const key = { userId: user.id, clientId: application.id };
      const grant = await newGrant(provider, { ...key, scope: scopes.join(' ') });
      await this.consents.add(tx, key, scopes);
      recordAct(tx, { kind: 'user', id: user.id }, { orgId: user.orgId, act: 'consent.given', target: { kind: 'client', id: application.id }, details: { scopes } });
      return provider.interactionResult(visitor.request.raw, visitor.reply.raw, { consent: { grantId: grant.jti } }, { mergeWithLastSubmission: true });
    });
  }

  denied(visitor: Visitor, user: User, { application, scopes }: Interaction): Promise<string> {
    return this.visits.work(async ({ provider, tx }) => {
      recordAct(tx, { kind: 'user', id: user.id }, { orgId: user.orgId, act: 'consent.denied', target: { kind: 'client', id: application.id }, details: { scopes } });
      return provider.interactionResult(visitor.request.raw, visitor.reply.raw, { error: 'access_denied', error_description: 'The user said no' });
    });
  }

  private async read({ provider, tx, visit }: AtWork, { request, reply }: Visitor, uid: string): Promise<Interaction> {
    const interaction = await provider.interactionDetails(request.raw, reply.raw).catch(over);
    const { params, session } = interaction;
    const client = await provider.Client.find(textsIn(params)['client_id'] ?? '');
    if (interaction.uid !== uid || !client) throw interactionOver();
    const application = visit.client(client.clientId);
    const user = session?.accountId ? await this.users.findActive(tx, session.accountId) : undefined;
    const parameters = textsIn(params);
    const scopes = (parameters['scope'] ?? '').split(' ').filter((scope) => ofOpenId.includes(scope) || application.scopes.includes(scope));
    return { uid, application, user, scopes, parameters, redirectUri: parameters['redirect_uri'] };
  }
}

const textsIn = (params: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(shown.flatMap((name) => (typeof params[name] === 'string' ? [[name, params[name]]] : [])));

function over(failure: unknown): never {
  throw failure instanceof errors.SessionNotFound ? interactionOver() : failure;
}
