import { Injectable } from '@nestjs/common';
import type { Provider, Session } from 'oidc-provider';
import { recordAct } from '../audit/record-act.js';
import { SESSION_TTL } from '../engine/engine-config.js';
import { type AtWork, Visits } from '../oauth/visits.js';
import { Settings } from '../settings.module.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import type { Visitor } from '../visitors/visitor.js';
import { badCredentials } from './login.errors.js';
import type { At } from './login.service.js';

const COOKIE = /(?:^|; *)parley_session=([^;]*)/;

/** Who is logged in in a browser: the engine's session, so that one login serves every flow. */
@Injectable()
export class LoginSessions {
  constructor(
    private readonly visits: Visits,
    private readonly users: UsersRepository,
    private readonly settings: Settings,
  ) {}

  /** What tells one login from another, for forms that belong to it; empty before there is one. */
  keyOf({ request: { headers } }: Visitor): string {
    return COOKIE.exec(headers.cookie ?? '')?.[1] ?? '';
  }

  /** Whoever is logged in, if they are of the application's org and nobody has disabled them or it. */
  async userAt(visitor: Visitor, { orgId }: At): Promise<User | undefined> {
    if (this.keyOf(visitor) === '') return undefined;
    return this.visits.work(async (at) => {
      const user = await this.userOf(at, await sessionOf(at, visitor));
      return user?.orgId === orgId ? user : undefined;
    });
  }

  /** Under a new id: one that somebody else put into the browser is worth nothing. */
  async begin(visitor: Visitor, user: User, { id: clientId }: At): Promise<void> {
    const { provider, id } = await this.visits.work(async (at) => {
      if (!(await this.users.isStillIn(at.tx, user))) throw badCredentials();
      const session = await sessionOf(at, visitor);
      session.authorizations = {};
      session.loginAccount({ accountId: user.id, amr: ['pwd'] });
      session.resetIdentifier();
      await session.save(SESSION_TTL);
      recordAct(at.tx, { kind: 'user', id: user.id }, { orgId: user.orgId, act: 'login.succeeded', target: { kind: 'user', id: user.id }, details: { clientId } });
      return { provider: at.provider, id: session.jti };
    });
    this.setCookie(provider, visitor, id);
  }

  async end(visitor: Visitor): Promise<void> {
    const provider = await this.visits.work(async (at) => {
      const session = await sessionOf(at, visitor);
      const user = await this.userOf(at, session);
      if (session.accountId) await session.destroy();
      if (user) recordAct(at.tx, { kind: 'user', id: user.id }, { orgId: user.orgId, act: 'login.ended', target: { kind: 'user', id: user.id } });
      return at.provider;
    });
    this.setCookie(provider, visitor, null);
  }

  private async userOf({ tx }: AtWork, { accountId }: Session): Promise<User | undefined> {
    return accountId ? this.users.findActive(tx, accountId) : undefined;
  }

  /** Null takes it back. */
  private setCookie(provider: Provider, { request, reply }: Visitor, id: string | null): void {
    const { cookies } = provider.createContext(request.raw, reply.raw);
    cookies.set(provider.cookieName('session'), id, {
      signed: true,
      httpOnly: true,
      sameSite: 'lax',
      secure: this.settings.issuer.startsWith('https:'),
      ...(id === null ? {} : { maxAge: SESSION_TTL * 1000 }),
    });
    moveCookies(reply);
  }
}

const sessionOf = ({ provider }: AtWork, { request, reply }: Visitor): Promise<Session> => provider.Session.get(provider.createContext(request.raw, reply.raw));

/** What Koa has set on the raw answer would be lost beside a cookie of ours. */
function moveCookies(reply: Visitor['reply']): void {
  const set = reply.raw.getHeader('set-cookie');
  reply.raw.removeHeader('set-cookie');
  if (Array.isArray(set)) void reply.header('set-cookie', set);
}
