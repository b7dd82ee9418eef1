import { Injectable } from '@nestjs/common';
import { API_AUDIENCE } from '@parley/dto';
import type { Client } from 'oidc-provider';
import { recordAct } from '../audit/record-act.js';
import type { ApiClient } from '../clients/client.entity.js';
import { ClientDirectory } from '../clients/client-directory.js';
import { ConsentsRepository } from '../consents/consents.repository.js';
import { newGrant } from '../engine/grants.js';
import { type AtWork, Visits } from '../oauth/visits.js';
import type { Form } from '../tokens/form.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { admit, type CallAuthorization, readAuthorization, scopesOf } from './call-authorization.js';
import { withCode, withDenial, withToken } from './call-redirect.js';
import { clientRefused, loginRequired } from './click-to-call.errors.js';

/** What is asked, checked, and who asks it. */
export interface Asked {
  asked: CallAuthorization;
  application: ApiClient;
}

/** What is to be handed out, and under which authorization. */
interface Issue {
  client: Client;
  userId: string;
  grantId: string;
  asked: CallAuthorization;
}

/** What an application gets of a person, and what the person has said about it (click-to-call.md, OAuth for people). */
@Injectable()
export class CallAuthorizations {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly consents: ConsentsRepository,
    private readonly users: UsersRepository,
    private readonly visits: Visits,
  ) {}

  /** Every hop does it again. @throws what click-to-call.errors.ts has */
  async check(from: Form): Promise<Asked> {
    const asked = readAuthorization(from);
    return { asked, application: admit(await this.clients.find(asked.clientId), asked) };
  }

  /** Whether it is a request of today's standards, which the engine serves: of another application, or with what this flow never had. */
  async isForEngine(from: Form): Promise<boolean> {
    const application = await this.clients.find(from.one('client_id') ?? '');
    if (!application?.active || !application.grantTypes.includes('authorization_code')) return false;
    return application.clickToCall === 'off' || ['code_challenge', 'request_uri', 'request'].some((name) => from.has(name));
  }

  async isGranted(user: User, { asked, application }: Asked): Promise<boolean> {
    const granted = await this.visits.work(({ tx }) => this.consents.find(tx, { userId: user.id, clientId: application.id }));
    return scopesOf(asked).every((scope) => granted.includes(scope));
  }

  /** The way back to the application, with what it asked for. */
  issue(user: User, checked: Asked): Promise<string> {
    return this.visits.work((at) => this.issueIn(at, user, checked));
  }

  /** The same, and from now on without being asked. */
  grant(user: User, checked: Asked): Promise<string> {
    const { asked, application } = checked;
    return this.visits.work(async (at) => {
      const back = await this.issueIn(at, user, checked);
      await this.consents.add(at.tx, { userId: user.id, clientId: application.id }, scopesOf(asked));
      this.record(at, user, { ...checked, act: 'consent.given' });
      return back;
    });
  }

  async deny(user: User, checked: Asked): Promise<string> {
    await this.visits.work(async (at) => this.record(at, user, { ...checked, act: 'consent.denied' }));
    return withDenial(checked.asked);
  }

  /** Nobody is disabled in the middle of it: what is issued before is found and ended. */
  private async issueIn(at: AtWork, user: User, checked: Asked): Promise<string> {
    const { asked, application } = checked;
    const client = await at.provider.Client.find(application.id);
    if (!client) throw clientRefused();
    if (!(await this.users.findActive(at.tx, user.id, 'for share of u'))) throw loginRequired();
    const grant = await newGrant(at.provider, { userId: user.id, clientId: application.id, scope: scopesOf(asked).join(' ') });
    const issue = { client, userId: user.id, grantId: grant.jti, asked };
    if (asked.responseType === 'code') return withCode(asked, await newCode(at, issue));
    this.record(at, user, { ...checked, act: 'token.issued-implicitly' });
    return withToken(asked, await newToken(at, issue));
  }

  private record({ tx }: AtWork, { id, orgId }: User, { application, asked, act }: Asked & { act: string }): void {
    recordAct(tx, { kind: 'user', id }, { orgId, act, target: { kind: 'client', id: application.id }, details: { scopes: scopesOf(asked) } });
  }
}

/** Good once, for 60 s, for this client, address and challenge. */
function newCode({ provider }: AtWork, { client, userId, grantId, asked }: Issue): Promise<string> {
  const { redirectUri, challenge } = asked;
  const bound = challenge === undefined ? {} : { codeChallenge: challenge, codeChallengeMethod: 'S256' };
  const scope = scopesOf(asked).join(' ');
  return new provider.AuthorizationCode({ accountId: userId, client, redirectUri, scope, resource: API_AUDIENCE, grantId, gty: 'authorization_code', ...bound }).save();
}

function newToken({ provider }: AtWork, { client, userId, grantId, asked }: Issue): Promise<string> {
  const scope = scopesOf(asked).join(' ');
  const token = new provider.AccessToken({ accountId: userId, client, grantId, gty: 'implicit', scope });
  token.resourceServer = new provider.ResourceServer(API_AUDIENCE, { scope, audience: API_AUDIENCE, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } });
  return token.save();
}
