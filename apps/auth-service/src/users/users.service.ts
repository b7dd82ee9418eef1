import { Injectable } from '@nestjs/common';
import { type ListOf, type ListPage, MAX_PASSWORD_LENGTH, type NewUser, type UserChange, type UserDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { recordAct } from '../audit/record-act.js';
import { tellRule } from '../call-rules/call-rules.js';
import { AdminReach } from '../orgs/admin-reach.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { hashPassword, isOutdated, isPassword } from './passwords.js';
import type { User } from './user.entity.js';
import { usernameTaken } from './users.errors.js';
import { UsersRepository } from './users.repository.js';

interface Place {
  orgId: string;
  userId: string;
}

@Injectable()
export class UsersService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersRepository,
    private readonly reach: AdminReach,
    private readonly revocations: RevocationsService,
  ) {}

  /**
   * Whose password it is; undefined for an unknown name, a wrong password, a disabled user or org, alike and at the same cost.
   */
  async authenticate(orgId: string, username: string, password: string): Promise<User | undefined> {
    const possible = isUuid(orgId) && !username.includes('\u0000') && password.length <= MAX_PASSWORD_LENGTH;
    const login = possible ? await this.db.read((tx) => this.users.findLogin(tx, orgId, username.normalize('NFC'))) : undefined;
    const right = await isPassword(password.slice(0, MAX_PASSWORD_LENGTH), login?.shownTo);
    return right && login?.active ? this.upToDate(login, password) : undefined;
  }

  /** What was hashed at a lower cost is hashed anew: only now is the password at hand. Who changes it meanwhile is right. */
  private async upToDate(user: User, password: string): Promise<User | undefined> {
    const { shownTo = '' } = user;
    if (!isOutdated(shownTo)) return user;
    const passwordHash = await hashPassword(password);
    const replaced = await this.db.write([], (tx) => this.users.replaceHash(tx, user, passwordHash));
    return replaced ?? this.authenticate(user.orgId, user.username, password);
  }

  /**
   * To hash takes too long to be done in a transaction, and too much to be done for a name that is taken. That it is taken is said only
   * in there, where a repeat of the request that took it is known as one.
   */
  async register(actor: Actor, orgId: string, { username, password }: NewUser): Promise<UserDto> {
    const taken = await this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      return this.users.hasName(tx, orgId, username);
    });
    const passwordHash = taken ? undefined : await hashPassword(password);
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      if (passwordHash === undefined) throw usernameTaken();
      const user = await this.users.insert(tx, orgId, { username, passwordHash });
      recordAct(tx, actor, { orgId, act: 'user.created', target: { kind: 'user', id: user.id }, details: { username } });
      return user.toDto();
    });
  }

  list(actor: Actor, orgId: string, page: ListPage): Promise<ListOf<UserDto>> {
    return this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const { items, next } = await this.users.list(tx, orgId, page);
      return { items: items.map((user) => user.toDto()), next };
    });
  }

  read(actor: Actor, { orgId, userId }: Place): Promise<UserDto> {
    return this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      return (await this.users.get(tx, orgId, userId)).toDto();
    });
  }

  /** Another password ends what was given under the old one, which somebody else may have known. */
  async change(actor: Actor, { orgId, userId }: Place, { password, ...change }: UserChange): Promise<UserDto> {
    await this.read(actor, { orgId, userId });
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const user = await this.users.lock(tx, orgId, userId);
      const wasActive = user.active;
      user.change(change);
      await this.users.save(tx, user, passwordHash);
      if (change.limits) await tellRule(tx, { kind: 'user', orgId, key: userId.toLowerCase() });
      if ((wasActive && !user.active) || passwordHash !== undefined) await this.revocations.revoke(tx, { kind: 'user', key: userId, orgId });
      const act = wasActive === user.active ? 'user.changed' : user.active ? 'user.enabled' : 'user.disabled';
      recordAct(tx, actor, { orgId, act, target: { kind: 'user', id: userId }, details: { ...change, ...(password === undefined ? {} : { password: 'changed' }) } });
      return user.toDto();
    });
  }
}
